import Foundation
import JSON
import Schema

/// A secret that holds a probe token.
struct TokenSecret {
    /// What it holds, if that is a text.
    let text: String?

    init(_ secret: JSONValue) {
        let encoded = secret.value(at: "data", RolloutPolicy.ProbeToken.key)?.stringValue
        let text = encoded.flatMap { Data(base64Encoded: $0) }.flatMap { String(validating: $0, as: UTF8.self) }
        self.text = text.flatMap { $0.isEmpty ? nil : $0 }
    }
}
