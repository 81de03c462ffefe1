import Foundation
import GRDB
import JSON
package import Logging
package import Schema

/// The default store: one SQLite file in WAL mode, every write synced to disk before it is acknowledged.
///
/// One process opens the file; all writes go through its one writing connection, and watches are fed from there.
package final class SQLiteStore: ObjectStore {
    package struct Limits: Sendable {
        /// So many changes are kept for watches that resume.
        package var history: Int64 = 10_000
        /// So many events a watch's reader may be behind.
        package var watchBuffer = 4_096

        package init() {}
    }

    private let pool: DatabasePool
    private let cipher: CredentialCipher
    private let limits: Limits
    private let watchers: Watchers
    private let objects: ObjectsInMemory
    private let waiting = GroupCommit()
    private let logger: Logger

    /// Opens the file, or makes it, readable by this user only.
    ///
    /// - Parameters:
    ///   - key: seals what is written from now on.
    ///   - previousKeys: open what was sealed earlier; see `sealAgain()`.
    package static func open(
        path: String,
        key: EncryptionKey,
        previousKeys: [EncryptionKey] = [],
        limits: Limits = Limits(),
        logger: Logger
    ) throws -> SQLiteStore {
        try restrictToOwner(path)
        var configuration = Configuration()
        configuration.label = "store"
        configuration.maximumReaderCount = 4
        configuration.busyMode = .timeout(5)
        let pool = try DatabasePool(path: path, configuration: configuration)
        let cipher = CredentialCipher(current: key, previous: previousKeys)
        let objects = try pool.writeWithoutTransaction { db in
            try SQLiteSchema.makeDurable(db)
            try SQLiteSchema.prepare(db)
            try checkKeys(db, cipher)
            return try ObjectRows(db: db, cipher: cipher).inMemory(logger)
        }
        return SQLiteStore(pool: pool, cipher: cipher, objects: objects, limits: limits, logger: logger)
    }

    private init(pool: DatabasePool, cipher: CredentialCipher, objects: ObjectsInMemory, limits: Limits, logger: Logger) {
        self.pool = pool
        self.objects = objects
        self.cipher = cipher
        self.limits = limits
        self.watchers = Watchers(bufferSize: limits.watchBuffer)
        self.logger = logger
    }

    deinit { watchers.close() }

    /// Ends all watches and closes the file. Without it nothing is lost, too: what was acknowledged is on disk.
    package func close() throws {
        watchers.close()
        try pool.close()
    }

    /// SQLite gives its side files the permissions of the main file, so that one is made first.
    private static func restrictToOwner(_ path: String) throws {
        let descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OpenFailure.file(path: path, reason: String(cString: strerror(errno))) }
        Foundation.close(descriptor)
    }

    private static func checkKeys(_ db: Database, _ cipher: CredentialCipher) throws {
        let used = try String.fetchAll(
            db,
            sql: "SELECT key_id FROM objects WHERE key_id IS NOT NULL UNION SELECT key_id FROM changes WHERE key_id IS NOT NULL"
        )
        let missing = used.filter { !cipher.knows($0) }.sorted()
        guard missing.isEmpty else { throw OpenFailure.keysMissing(missing) }
    }
}

// MARK: - For tests

extension SQLiteStore {
    struct WriterSettings: Equatable, Sendable {
        let synchronous: Int
        let journalMode: String
    }

    /// As the writing connection has them; a reader answers something else.
    func writerSettings() throws -> WriterSettings {
        try pool.writeWithoutTransaction { db in
            WriterSettings(
                synchronous: try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1,
                journalMode: try String.fetchOne(db, sql: "PRAGMA journal_mode") ?? ""
            )
        }
    }

    var watchCount: Int { watchers.count }
}

// MARK: - Reading

extension SQLiteStore {
    package func get(_ id: ObjectID) async throws(StoreError) -> StoredObject {
        try objects.get(id)
    }

    package func atHand(_ id: ObjectID) -> StoredObject? { objects.find(id) }

    package func list(_ resource: ResourceName, namespace: String?) async throws(StoreError) -> ObjectList {
        try objects.list(resource, namespace: namespace)
    }

    package func currentRevision() async throws(StoreError) -> Int64 {
        try await read { rows in try rows.counter().revision }
    }

    package func watch(_ resources: Set<ResourceName>, after revision: Int64) async throws(StoreError) -> StoreEvents {
        // On the writer: no write can fall between reading the history and joining the watchers.
        try await alone { [watchers] rows in
            let (current, compacted) = try rows.counter()
            guard revision >= compacted, revision <= current else {
                throw StoreError.compacted(oldest: revision < compacted ? compacted : current)
            }
            return watchers.add(resources, history: try rows.history(after: revision, of: resources))
        }
    }
}

// MARK: - Writing

extension SQLiteStore {
    package func create(_ object: CheckedObject) async throws(StoreError) -> StoredObject {
        try await write { [limits] rows in
            let id = ObjectID(object)
            guard try rows.find(id) == nil else { throw StoreError.alreadyExists(id) }
            let created = StoredObject(id: id, value: object.value, stampedWith: try rows.nextRevision(keeping: limits.history))
            let event = StoreEvent(change: .added, object: created, previous: nil)
            try rows.append(event, body: try rows.put(created))
            return (created, event)
        }
    }

    package func update(_ object: CheckedObject, ifVersion version: Int64?) async throws(StoreError) -> StoredObject {
        try await write { [limits] rows in
            let old = try rows.existing(ObjectID(object), ifVersion: version)
            // An update that changes nothing is no event, so loops that write what they found come to rest.
            guard StoredObject(id: old.id, value: object.value, stampedWith: old.version) != old else { return (old, nil) }
            let new = StoredObject(id: old.id, value: object.value, stampedWith: try rows.nextRevision(keeping: limits.history))
            let event = StoreEvent(change: .modified, object: new, previous: old)
            try rows.append(event, body: try rows.put(new))
            return (new, event)
        }
    }

    package func delete(_ id: ObjectID, ifVersion version: Int64?) async throws(StoreError) -> StoredObject {
        try await write { [limits] rows in
            let old = try rows.existing(id, ifVersion: version)
            try rows.remove(id)
            let last = StoredObject(id: id, value: old.value, stampedWith: try rows.nextRevision(keeping: limits.history))
            let event = StoreEvent(change: .deleted, object: last, previous: old)
            try rows.append(event, body: try rows.seal(last))
            return (old, event)
        }
    }

    package func compact(through revision: Int64) async throws(StoreError) {
        try await alone { rows in try rows.forget(through: min(revision, try rows.counter().revision)) }
    }

    /// Seals everything that a previous key sealed with the current key, history included; returns how many rows that were.
    ///
    /// Afterwards the previous keys are no longer needed. Versions stay as they are, so readers notice nothing.
    package func sealAgain() async throws(StoreError) -> Int {
        let count = try await alone { rows in try rows.sealAgain() }
        if count > 0 { logger.info("sealed with the current encryption key", metadata: ["rows": "\(count)"]) }
        return count
    }
}

// MARK: - Connections

extension SQLiteStore {
    private func read<Value: Sendable>(
        _ body: @escaping @Sendable (ObjectRows) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncRead { [cipher] db in
                continuation.resume(returning: StoreError.catching { try body(ObjectRows(db: db.get(), cipher: cipher)) })
            }
        }
        return try result.get()
    }

    /// Changes rows on the writer, together with others that wait, and then, before any other write, tells readers and watchers.
    private func write<Value: Sendable>(
        _ body: @escaping @Sendable (ObjectRows) throws -> (Value, StoreEvent?)
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            let isFirst = waiting.add(
                GroupCommit.Write { rows in
                    let (value, event) = try body(rows)
                    return (event, { continuation.resume(returning: .success(value)) })
                } refuse: {
                    continuation.resume(returning: .failure($0))
                }
            )
            guard isFirst else { return }
            pool.asyncWriteWithoutTransaction { [self] db in
                GroupCommit.commit(waiting.takeAll(), ObjectRows(db: db, cipher: cipher)) { event in
                    objects.apply(event)
                    watchers.publish(event)
                }
            }
        }
        return try result.get()
    }

    /// Runs one transaction on the writer by itself: the events of all earlier writes have been told, and those of no later one.
    ///
    /// GRDB's callback form on purpose: its async form stops at the caller's cancellation, when the work may have been done.
    private func alone<Value: Sendable>(
        _ body: @escaping @Sendable (ObjectRows) throws -> Value
    ) async throws(StoreError) -> Value {
        let result: Result<Value, StoreError> = await withCheckedContinuation { continuation in
            pool.asyncWriteWithoutTransaction { [cipher] db in
                let outcome = StoreError.catching {
                    var value: Value?
                    try db.inTransaction(.immediate) {
                        value = try body(ObjectRows(db: db, cipher: cipher))
                        return .commit
                    }
                    guard let value else { throw StoreError.unavailable("the transaction did not run") }
                    return value
                }
                continuation.resume(returning: outcome)
            }
        }
        return try result.get()
    }
}

extension ObjectRows {
    /// Takes the next number of the counter, and forgets the oldest history when there is much more than `limit` of it.
    fileprivate func nextRevision(keeping limit: Int64) throws -> Int64 {
        let (revision, compacted) = try counter()
        let next = revision + 1
        try setRevision(next)
        // In steps, so that not every write deletes a row.
        if next - compacted > limit + limit / 10 { try forget(through: next - limit) }
        return next
    }

    fileprivate func existing(_ id: ObjectID, ifVersion version: Int64?) throws -> StoredObject {
        guard let found = try find(id) else { throw StoreError.notFound(id) }
        if let version, version != found.version { throw StoreError.conflict(id, current: found.version) }
        return found
    }
}

extension StoreError {
    /// What is not a store's answer is a failure of the database, with a text for the log.
    init(_ error: any Error) { self = error as? StoreError ?? .unavailable("\(error)") }

    fileprivate static func catching<Value>(_ body: () throws -> Value) -> Result<Value, StoreError> {
        Result(catching: body).mapError { StoreError($0) }
    }
}
