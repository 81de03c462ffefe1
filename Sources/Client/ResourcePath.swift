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

    /// A segment of a path; the colon stands, for names such as `system:admin`.
    static func escaped(_ segment: String) -> String { PercentEncoding.encoded(segment, keeping: ":") }

    /// `?a=b&c=d`, or nothing.
    static func query(_ items: [(name: String, value: String)]) -> String {
        items.isEmpty ? "" : "?" + PercentEncoding.form(items)
    }
}
