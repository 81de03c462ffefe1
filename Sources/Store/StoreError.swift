package import Schema

/// The answers a store can give instead of doing what was asked.
package enum StoreError: Error, Hashable, Sendable {
    case notFound(ObjectID)
    case alreadyExists(ObjectID)
    /// The object has another version than the writer thought; `current` is what it has.
    case conflict(ObjectID, current: Int64)
    /// The history asked for is gone; list again. `oldest` is the first revision a watch can still begin after.
    case compacted(oldest: Int64)
    /// The reader of a watch fell too far behind; list again.
    case readerTooSlow
    /// The disk or the database failed; the text is for the log.
    case unavailable(String)
}
