import JSON
import Testing

@testable import Authenticator

/// What is remembered of headers changes no answer, whatever came before.
struct HeaderMemoTests {
    private func jws(_ header: JSONValue) throws -> CompactJWS {
        let text = [header, [:]].map { Base64URL.encode(JSONWriter.bytes(of: $0)) }.joined(separator: ".") + "."
        return try CompactJWS(Array(text.utf8))
    }

    @Test func givesEachTokenItsOwnHeader() throws {
        let memo = HeaderMemo()
        let headers: [JSONValue] = [
            ["alg": "RS256", "kid": "a"], ["alg": "RS256", "kid": "b"], ["alg": "ES256", "kid": "a"], ["alg": "ES256"],
            ["alg": "RS256", "kid": .string(String(repeating: "k", count: 2000))],
        ]
        for first in headers {
            for second in headers {
                for header in [first, second, first] {
                    let jws = try jws(header)
                    let (found, read) = (try memo.header(of: jws), try jws.header())
                    #expect(found.algorithm == read.algorithm)
                    #expect(found.keyID == read.keyID)
                }
            }
        }
    }

    @Test func refusesABadHeaderEachTime() throws {
        let memo = HeaderMemo()
        _ = try memo.header(of: jws(["alg": "RS256"]))
        for header: JSONValue in [["alg": "none"], ["alg": "RS256", "crit": []], ["kid": "a"]] {
            for _ in 0..<2 {
                #expect(throws: Refusal.self) { () throws in _ = try memo.header(of: jws(header)) }
            }
        }
    }
}
