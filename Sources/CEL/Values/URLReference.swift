/// An absolute URL or an absolute path, taken apart as Kubernetes' `url()` does.
package struct URLReference: Hashable, Sendable {
    let text: String
    let scheme: String
    /// Host and port as written, an IPv6 address in its brackets.
    let host: String
    let hostname: String
    let port: String
    let escapedPath: String
    let query: CELMap

    package static func == (left: URLReference, right: URLReference) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    package func hash(into hasher: inout Hasher) { hasher.combine(text) }
}
