/// The path of a resource or of one object in the API.
package struct ResourcePath: Sendable, Hashable, CustomStringConvertible {
    package let text: String

    /// - Parameters:
    ///   - apiVersion: `v1` or `group/version`.
    ///   - plural: `authentications`.
    ///   - name: nil for the list.
    ///   - subresource: `status`.
    package init(
        _ apiVersion: String,
        _ plural: String,
        namespace: String? = nil,
        name: String? = nil,
        subresource: String? = nil
    ) {
        var text = apiVersion.contains("/") ? "/apis/\(apiVersion)" : "/api/\(apiVersion)"
        if let namespace { text += "/namespaces/\(Self.escaped(namespace))" }
        text += "/\(plural)"
        if let name { text += "/\(Self.escaped(name))" }
        if let subresource { text += "/\(subresource)" }
        self.text = text
    }

    /// Takes a path as it stands, for `/version` and its like.
    package init(raw text: String) { self.text = text }

    package var description: String { text }

    /// Percent-encodes all but unreserved characters and the colon, which stands in names such as `system:admin`.
    static func escaped(_ segment: String) -> String {
        segment.utf8.reduce(into: "") { text, byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"), UInt8(ascii: "~"), UInt8(ascii: ":"):
                text.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                text += "%" + (digits.utf8.count == 1 ? "0" : "") + digits
            }
        }
    }

    /// `?a=b&c=d`, or nothing.
    static func query(_ items: [(name: String, value: String)]) -> String {
        guard !items.isEmpty else { return "" }
        return "?" + items.map { "\($0.name)=\(escaped($0.value))" }.joined(separator: "&")
    }
}
