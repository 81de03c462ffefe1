/// An object that may be stored, and what its author should know about it.
package struct Admitted: Sendable {
    package let object: CheckedObject
    /// Sentences for `Warning` headers.
    package let warnings: [String]
}
