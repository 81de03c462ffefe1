/// Who writes, when, and with what: everything that a write adds to an object from outside of its body.
struct WriteStamp: Hashable, Sendable {
    static let changedBy = "postern.dev/changed-by"
    static let changedWith = "postern.dev/changed-with"

    /// Seconds since 1970.
    let now: Int64
    let user: String
    let manager: String
    /// The identity of an object that this write creates.
    let uid: String
}
