import Foundation

/// The parameters of a query or a form; a parameter that comes twice is an error (RFC 6749, section 3.1).
package struct FormParameters: Sendable {
    package static let maximumBytes = 16 << 10
    private static let maximumCount = 64
    private let values: [String: String]

    package init(parsing text: String) throws(OAuthError) {
        guard text.utf8.count <= Self.maximumBytes else { throw OAuthError(.invalidRequest, "the request is too large") }
        var values: [String: String] = [:]
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = Self.decoded(parts[0]), let value = Self.decoded(parts.count == 2 ? parts[1] : "") else {
                throw OAuthError(.invalidRequest, "a parameter is not valid percent-encoded UTF-8")
            }
            guard values.updateValue(value, forKey: name) == nil else {
                throw OAuthError(.invalidRequest, "a parameter is given twice")
            }
            guard values.count <= Self.maximumCount else { throw OAuthError(.invalidRequest, "too many parameters") }
        }
        self.values = values
    }

    /// nil when the parameter is absent or empty: OAuth treats both alike.
    package subscript(name: String) -> String? {
        guard let value = values[name], !value.isEmpty else { return nil }
        return value
    }

    package func required(_ name: String) throws(OAuthError) -> String {
        guard let value = self[name] else { throw OAuthError(.invalidRequest, "the parameter \(name) is missing") }
        return value
    }

    private static func decoded(_ text: Substring) -> String? {
        text.replacing("+", with: " ").removingPercentEncoding
    }
}
