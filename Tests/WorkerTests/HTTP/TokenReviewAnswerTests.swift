import JSON
import Testing

@testable import Authenticator
@testable import Worker

/// The text is the same that a document with these members is written as.
struct TokenReviewAnswerTests {
    private static let texts = ["jane", "", "a\"b\\c", "é\u{301}", "line\nbreak\u{1}", String(repeating: "x", count: 300)]

    private func document(_ audiences: [String], _ status: JSONValue) -> [UInt8] {
        JSONWriter.bytes(
            of: [
                "kind": "TokenReview", "apiVersion": "authentication.k8s.io/v1", "metadata": ["creationTimestamp": .null],
                "spec": audiences.isEmpty ? [:] : ["audiences": .array(audiences.map(JSONValue.string))], "status": status,
            ]
        )
    }

    @Test(arguments: texts, [[], ["a"], ["a", "b\"c"]])
    func writesWhoItIs(text: String, list: [String]) {
        for extra in [[:], [text: list, "z": [text], "a": []]] {
            let identity = Identity(
                username: text,
                uid: text,
                groups: list,
                extra: extra,
                provider: "idp",
                keyID: nil,
                expiry: 1
            )
            var status: JSONValue = [
                "authenticated": true, "user": .userInfo(username: text, uid: text, groups: list, extra: extra),
            ]
            if !list.isEmpty { status["audiences"] = .array(list.map(JSONValue.string)) }
            let answer = TokenReviewAnswer(version: "v1", audiences: list).accepted(identity, served: list)
            #expect(String(decoding: answer, as: UTF8.self) == String(decoding: document(list, status), as: UTF8.self))
        }
    }

    @Test(arguments: texts) func writesWhyNot(text: String) {
        let answer = TokenReviewAnswer(version: "v1", audiences: []).refused(text)
        let expected = document([], ["authenticated": false, "error": .string(text)])
        #expect(String(decoding: answer, as: UTF8.self) == String(decoding: expected, as: UTF8.self))
    }
}
