import JSON

extension WorkerSnapshot {
    /// What makes two configurations the same: SHA-256, in hex, over everything but the revision numbers and the key seeds.
    ///
    /// Keys rotate on their own schedule; a rotation must not look like a change that an administrator made.
    package func contentDigest() throws -> String {
        var content = self
        content.revision = 0
        content.oldestRevision = nil
        for index in content.issuers.indices { content.issuers[index].seed = nil }
        return try content.digest()
    }

    /// SHA-256, in hex, over the whole snapshot: a worker refuses a snapshot whose digest differs from the announced one.
    package func digest() throws -> String {
        HexDigest.sha256(of: JSONWriter.bytes(of: try JSONValue(encoding: self)))
    }
}
