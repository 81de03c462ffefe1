import Foundation
import Testing

@testable import Authenticator

/// `docs/reason-codes.md` is what operators read; it is written from the code. `UPDATE_GOLDEN=1 swift test` rewrites it.
struct ReasonTableTests {
    static let page = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
        .appending(path: "docs/reason-codes.md")

    static var text: String {
        let rows = Refusal.Reason.allCases.map {
            "| `\($0.rawValue)` | \($0.explanation.meaning) | \($0.explanation.whatToDo) |"
        }
        return """
            # Why a token was refused

            A worker answers a refused token with one of these codes: in `status.error` of a `TokenReview`, in its log line, and in its
            metrics. The log line also has the exact circumstances, and a `result`: `refused`, `unknowable` (not decided now), or `not-mine` (no provider
            of the configuration is named, so the token may be another authenticator's). A plain HTTP client is only told "no" (401), or "not now" (503)
            for `provider_unavailable`, `claims_source_unavailable` and `webhook_unavailable`, and for `key_unknown` until the provider was asked
            for its present keys: half a minute at most, unless it does not answer. The three `identity_…` codes are told to proxies alone
            (403), in `X-Postern-Refusal`.

            | code | meaning | what to do |
            | --- | --- | --- |

            """ + rows.joined(separator: "\n") + "\n"
    }

    @Test func isTheTableInTheDocumentation() throws {
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Self.text.write(to: Self.page, atomically: true, encoding: .utf8)
        }
        #expect(try String(contentsOf: Self.page, encoding: .utf8) == Self.text)
    }
}
