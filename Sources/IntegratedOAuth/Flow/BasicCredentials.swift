import Foundation

/// Name and password of an `Authorization: Basic` header (RFC 7617).
package struct BasicCredentials: Sendable, Hashable, CustomStringConvertible {
    package let name: String
    package let password: String

    package init?(header: String) {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", header.utf8.count <= 4096,
            let data = Data(base64Encoded: String(parts[1])), let text = String(validating: data, as: UTF8.self),
            let colon = text.firstIndex(of: ":")
        else { return nil }
        name = String(text[..<colon])
        password = String(text[text.index(after: colon)...])
    }

    package var description: String { "<credentials>" }
}
