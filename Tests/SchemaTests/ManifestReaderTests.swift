import JSON
import Testing

@testable import Schema

struct ManifestReaderTests {
    struct Refusal: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let reason: InvalidManifest.Reason
        let place: String
        var testDescription: String { name }
    }

    static let refusals = [
        Refusal(name: "an unclosed list", text: "a: 1\nb: [1, 2\nc: 3\n", reason: .syntax, place: "bad.yaml:3:2: "),
        Refusal(name: "a tab as indentation", text: "a:\n\tb: 1\n", reason: .syntax, place: "bad.yaml:2:1: "),
        Refusal(name: "a key twice", text: "spec:\n  a: 1\n  b: 2\n  a: 3\n", reason: .duplicateKey, place: "bad.yaml:"),
        Refusal(name: "two spellings of one key", text: "1: a\n\"1\": b\n", reason: .duplicateKey, place: "bad.yaml:"),
        Refusal(name: "an anchor", text: "a: &x 1\nb: 2\n", reason: .alias, place: "bad.yaml:1:4: "),
        Refusal(name: "an anchor and an alias", text: "a: &x 1\nb: *x\n", reason: .alias, place: "bad.yaml:2:4: "),
        Refusal(name: "a merge key", text: "a: &x {b: 1}\nc:\n  <<: *x\n", reason: .alias, place: "bad.yaml:3:7: "),
        Refusal(name: "a list as a key", text: "? [a, b]\n: 1\n", reason: .key, place: "bad.yaml:1:3: "),
        Refusal(name: "null as a key", text: "~: 1\n", reason: .key, place: "bad.yaml:1:1: "),
        Refusal(name: "infinity", text: "a: .inf\n", reason: .number, place: "bad.yaml:1:4: "),
        Refusal(name: "a foreign tag", text: "a: !!binary aGk=\n", reason: .tag, place: "bad.yaml:1:4: "),
        Refusal(name: "a tag that does not fit", text: "a: !!int yes\n", reason: .tag, place: "bad.yaml:1:4: "),
        Refusal(name: "a NUL byte", text: "a: b\u{0}\n", reason: .encoding, place: "bad.yaml:1:5: "),
        Refusal(name: "a control character", text: "a: b\u{1}\n", reason: .encoding, place: "bad.yaml: "),
        Refusal(name: "JSON with a name twice", text: "{\"a\": 1,\n \"a\": 2}", reason: .duplicateKey, place: "bad.yaml:2:"),
        Refusal(
            name: "65 lists in each other",
            text: String(repeating: "[", count: 66) + String(repeating: "]", count: 66),
            reason: .tooDeep,
            place: "bad.yaml:1:"
        ),
        Refusal(
            name: "65 levels of JSON",
            text: String(repeating: "{\"a\":", count: 66) + "1" + String(repeating: "}", count: 66),
            reason: .tooDeep,
            place: "bad.yaml:1:"
        ),
        Refusal(
            name: "more than 3 MiB",
            text: "a: " + String(repeating: "x", count: 3 << 20),
            reason: .tooLarge,
            place: "bad.yaml: "
        ),
        Refusal(
            name: "more values than the budget",
            text: "[" + String(repeating: "1,", count: 200_001) + "]",
            reason: .tooManyNodes,
            place: "bad.yaml:1:"
        ),
    ]

    @Test(arguments: refusals) func refuses(_ c: Refusal) throws {
        let error = try #require(throws: InvalidManifest.self) { try ManifestReader.read(c.text, source: "bad.yaml") }
        #expect(error.reason == c.reason, "\(error)")
        #expect(error.description.hasPrefix(c.place), "\(error)")
        #expect(error.description.utf8.count < 300, "the document is not echoed")
    }

    @Test func refusesInvalidUTF8() throws {
        let error = try #require(throws: InvalidManifest.self) {
            try ManifestReader.read([0x61, 0x3A, 0x20, 0xFF], source: "x")
        }
        #expect(error.reason == .encoding)
    }

    /// Nine levels of nine references are 387 million values; as keys the parser would compare them all.
    @Test(.timeLimit(.minutes(5)), arguments: ["", "? "])
    func refusesAnAliasBombAtOnce(key: String) throws {
        var text = "a: &a [x,x,x,x,x,x,x,x,x]\n"
        for (previous, name) in zip("abcdefghi", "bcdefghij") {
            text += "\(name): &\(name) [\(repeatElement("*\(previous)", count: 9).joined(separator: ","))]\n"
        }
        text += key.isEmpty ? "" : "? *j\n: 1\n? *i\n: 2\n"
        let error = try #require(throws: InvalidManifest.self) { try ManifestReader.read(text, source: "bomb.yaml") }
        #expect(error.reason == .alias)
        #expect(error.mark?.line == 2)
    }

    @Test func takesAmpersandsAndStarsThatAreText() throws {
        let text = "a: R&D * 2\nb: \"&x *x\"\nc: |\n  &first *star\n  second\nd: 'x' # &y *y\n"
        let value = try document(text)
        #expect(value == ["a": "R&D * 2", "b": "&x *x", "c": "&first *star\nsecond\n", "d": "x"])
    }

    @Test func readsManyDocumentsAndLeavesOutEmptyOnes() throws {
        let manifests = try ManifestReader.read("---\na: 1\n---\n# nothing\n---\nb: 2\n...\n", source: "x")
        #expect(manifests.map(\.value) == [["a": 1], ["b": 2]])
        #expect(try ManifestReader.read("# only a comment\n", source: "x").isEmpty)
        #expect(try ManifestReader.read("", source: "x").isEmpty)
    }

    @Test func readsJSONAndFlowMappings() throws {
        #expect(try document("{\"a\": [1, 2.5, null, true]}") == ["a": [1, 2.5, .null, true]])
        #expect(try document("{a: [1, yes], b: {c: }}") == ["a": [1, true], "b": ["c": .null]])
        #expect(try document("\u{FEFF}a: 1\r\nb: 2\r\n") == ["a": 1, "b": 2])
    }

    @Test func knowsWhereThingsAre() throws {
        let text = "spec:\n  list:\n  - name: x\n    url: y\n  data:\n    ca.crt: z\n"
        let manifest = try #require(try ManifestReader.read(text, source: "x").first)
        let spec = FieldPath.root["spec"]
        #expect(manifest.mark(of: spec["list"][0]["url"])?.description == "4:5")
        #expect(manifest.mark(of: spec["data"][key: "ca.crt"])?.description == "6:5")
        #expect(manifest.mark(of: spec["list"][0]["missing"]["deeper"])?.description == "3:5")
        #expect(manifest.mark(of: .root)?.description == "1:1")
    }

    @Test(.timeLimit(.minutes(5))) func survivesHostileText() throws {
        var generator = SeededGenerator(seed: 20_250_701)
        let pieces = [
            "a", ": ", "- ", "\n", "  ", "{", "}", "[", "]", "\"", "'", "|", ">", "&x", "*x", "!t ", "#", "? ", ",", "%",
            "\\u00", "é",
        ]
        for _ in 0..<3_000 {
            let text = (0..<Int.random(in: 1...30, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? ""
            }.joined()
            do { _ = try ManifestReader.read(text, source: "x") } catch { #expect(!error.description.isEmpty) }
        }
    }
}
