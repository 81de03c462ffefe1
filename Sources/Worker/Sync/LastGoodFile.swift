import Durable
import Foundation
import JSON
import Snapshot
import Synchronization

/// `last-good.json`: the snapshot that this worker judged by last, with the keys as they were fetched last.
///
/// Two services write it, the one that takes revisions and the one that refreshes keys; the first decides which revision it holds.
final class LastGoodFile: Sendable {
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
    /// The revision that the file holds; the lock is also held while it is written.
    private let revision = Mutex<Int64>(0)

    init(path: String) { self.path = path }

    func save(_ snapshot: WorkerSnapshot) throws {
        try revision.withLock { revision in
            try write(snapshot)
            revision = snapshot.revision
        }
    }

    /// Writes newer keys, unless the file holds another revision by now.
    func saveKeys(of snapshot: WorkerSnapshot) throws {
        try revision.withLock { revision in
            if revision == snapshot.revision { try write(snapshot) }
        }
    }

    private func write(_ snapshot: WorkerSnapshot) throws {
        let document: JSONValue = ["digest": .string(try snapshot.digest()), "snapshot": try JSONValue(encoding: snapshot)]
        try DurableFile.write(JSONWriter.bytes(of: document), to: path, permissions: 0o600)
    }

    /// nil when there is no file yet.
    func load() throws -> WorkerSnapshot? {
        guard let bytes = FileManager.default.contents(atPath: path) else { return nil }
        let document: JSONValue
        let snapshot: WorkerSnapshot
        do {
            document = try JSONParser.parse(bytes, limits: .init(bytes: 64 << 20, depth: 64))
            guard let value = document["snapshot"] else { throw Problem.damaged("it holds no snapshot") }
            snapshot = try value.decoded()
        } catch let problem as Problem {
            throw problem
        } catch {
            throw Problem.damaged("\(error)")
        }
        guard document["digest"]?.stringValue == (try snapshot.digest()) else { throw Problem.damaged("its digest is wrong") }
        revision.withLock { $0 = snapshot.revision }
        return snapshot
    }
}
