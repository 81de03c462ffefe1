import JSON
import Store

/// What a revision says, as far as conditions depend on it.
struct RevisionContent: Hashable {
    /// Equal where tokens are judged alike.
    let digest: String
    /// Whether somebody is asked about the tokens that nobody here knows.
    let hasReviewer: Bool
}

extension RevisionContent {
    /// Reads an `AuthenticationRevision`; nil for an object that is none.
    init?(_ object: StoredObject) {
        guard let digest = object.value.value(at: "spec", "contentDigest")?.stringValue else { return nil }
        self.init(digest: digest, hasReviewer: object.value.value(at: "spec", "snapshot", "webhook")?.objectValue != nil)
    }
}
