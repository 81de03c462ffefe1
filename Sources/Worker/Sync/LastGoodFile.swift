import Durable
import Foundation
import JSON
import Snapshot
import Synchronization

/// `last-good.json`: the snapshot that this worker judged by last, with the keys as they were fetched last, and the controller's signature.
///
/// Two services write it, the one that takes revisions and the one that refreshes keys; the first decides which revision it holds.
final class LastGoodFile: Sendable {
    /// What the file holds.
    struct Content: Hashable {
        var snapshot: WorkerSnapshot
        /// Of the snapshot as it came; nil in files of earlier versions.
        var signature: SnapshotSignature?
        /// Nothing that is older is taken any more; it never sinks, whatever later snapshots say.
        var oldestRevision: Int64 = 0
    }

    /// Why the file cannot be used. The worker then starts without it and says so in its log.
    enum Problem: Error, CustomStringConvertible {
        case damaged(String)

        var description: String {
            switch self {
            case .damaged(let why): "the last good snapshot is damaged and is not used: \(why)"
            }
        }
    }

    private let path: String
    /// What the file holds, but for the keys; the lock is also held while it is written.
    private let held = Mutex<(revision: Int64, signature: SnapshotSignature?, oldestRevision: Int64)>((0, nil, 0))

    init(path: String) { self.path = path }

    func save(_ content: Content) throws {
        try held.withLock { held in
            try write(content)
            held = (content.snapshot.revision, content.signature, content.oldestRevision)
        }
    }

    /// Writes newer keys, unless the file holds another revision by now.
    func saveKeys(of snapshot: WorkerSnapshot) throws {
        try held.withLock { held in
            if held.revision == snapshot.revision {
                try write(
                    Content(snapshot: snapshot, signature: held.signature, oldestRevision: held.oldestRevision)
                )
            }
        }
    }

    /// As the last save, or load, had it.
    var oldestRevision: Int64 { held.withLock { $0.oldestRevision } }

    private func write(_ content: Content) throws {
        var document: JSONValue = [
            "digest": .string(try content.snapshot.digest()), "snapshot": try JSONValue(encoding: content.snapshot),
            "oldestRevision": .integer(content.oldestRevision),
        ]
        document["signature"] = try content.signature.map { try JSONValue(encoding: $0) }
        try DurableFile.write(JSONWriter.bytes(of: document), to: path, permissions: 0o600)
    }

    /// nil when there is no file yet.
    func load() throws -> Content? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let document: JSONValue
        let content: Content
        do {
            document = try JSONParser.parse(bytes, limits: .init(bytes: 64 << 20, depth: 64))
            guard let value = document["snapshot"] else { throw Problem.damaged("it holds no snapshot") }
            content = Content(
                snapshot: try value.decoded(),
                signature: try document["signature"]?.decoded(),
                oldestRevision: document["oldestRevision"]?.integerValue ?? 0
            )
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem.damaged("\(error)")
        }
        guard document["digest"]?.stringValue == (try content.snapshot.digest()) else {
            throw Problem.damaged("its digest is wrong")
        }
        held.withLock { $0 = (content.snapshot.revision, content.signature, content.oldestRevision) }
        return content
    }
}
