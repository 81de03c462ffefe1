import CELGenerators
import Testing

@testable import Authenticator

struct Base64URLTests {
    @Test(arguments: [
        "A", "AAAAA", "AA==", "AA=", "A A", "AA\n", "\nAA", "AA+A", "AA/A", "AB", "AAB", "A-9", "Ä", "AA\u{0}A", "=", "....",
        "AA,A",
    ])
    func refuses(text: String) {
        #expect(Base64URL.decode(text.utf8) == nil)
    }

    @Test func agreesWithFoundationOnEveryLength() {
        var random = SeededNumbers(seed: 7)
        for length in 0..<200 {
            let bytes = (0..<length).map { _ in UInt8.random(in: 0...255, using: &random) }
            let text = base64url(bytes)
            #expect(Base64URL.encode(bytes) == text)
            #expect(Base64URL.decode(text.utf8) == bytes)
        }
    }

    /// No two texts stand for the same bytes: all texts of up to three characters are tried.
    @Test func hasOneSpellingOnly() {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_+/=".utf8)
        var seen: [[UInt8]: [UInt8]] = [:]
        var texts: [[UInt8]] = [[]]
        for _ in 0..<3 {
            texts = texts.flatMap { text in alphabet.map { text + [$0] } }
            for text in texts {
                guard let bytes = Base64URL.decode(text) else { continue }
                #expect(seen.updateValue(text, forKey: bytes) == nil)
            }
        }
        #expect(seen.count == 256 + 65_536)
    }
}
