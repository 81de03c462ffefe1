import Authenticator
import JSON
import Testing

@testable import Worker

/// The kinds of tokens that a worker remembers.
struct ClaimShapesTests {
    private static func sample(_ claim: String, _ provider: String = "idp") -> ClaimShapeSampler.Sample {
        ClaimShapeSampler.Sample(provider: provider, shape: ClaimShape(kept: JSONObject([(claim, JSONValue.string("x"))])))
    }

    private static func text(_ value: JSONValue) -> String {
        let names = value["claims"]?.objectValue?.names.joined(separator: ",") ?? ""
        return
            "\(value["provider"]?.stringValue ?? "") \(names) \(value["count"]?.integerValue ?? 0) \(value["lastSeenTime"]?.stringValue ?? "")"
    }

    @Test func countsEachKindOnce() {
        var shapes = ClaimShapes()
        for (second, claim) in ["a", "b", "a", "a"].enumerated() { shapes.add(Self.sample(claim), now: Int64(second)) }
        shapes.add(Self.sample("a", "other"), now: 9)
        #expect(
            shapes.values.map(Self.text) == [
                "other a 1 1970-01-01T00:00:09Z", "idp a 3 1970-01-01T00:00:03Z", "idp b 1 1970-01-01T00:00:01Z",
            ]
        )
    }

    @Test func forgetsThoseSeenLongestAgo() {
        var shapes = ClaimShapes()
        for index in 0..<40 { shapes.add(Self.sample("c\(index)"), now: Int64(index)) }
        #expect(shapes.values.count == ClaimShapes.maximumShapes)
        #expect(shapes.values.first.map(Self.text) == "idp c39 1 1970-01-01T00:00:39Z")
    }

    @Test func looksAtOneTokenASecond() throws {
        let sampler = ClaimShapeSampler()
        let token = Substring(try TestProvider().token()).utf8
        #expect(sampler.take() == nil)
        sampler.note(token, of: "first", now: 100)
        sampler.note(token, of: "second", now: 100)
        #expect(sampler.take()?.provider == "first")
        #expect(sampler.take() == nil)
        sampler.note(Substring("no.token").utf8, of: "third", now: 101)
        #expect(sampler.take() == nil)
        sampler.note(token, of: "fourth", now: 102)
        #expect(sampler.take()?.shape.claims["sub"] == "sub")
    }
}
