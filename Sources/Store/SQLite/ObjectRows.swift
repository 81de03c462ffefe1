import Foundation
import GRDB
import JSON
import Logging
import Schema

/// Reads and writes the rows of one connection, bodies sealed and opened on the way.
struct ObjectRows {
    let db: Database
    let cipher: CredentialCipher

    func find(_ id: ObjectID) throws -> StoredObject? {
        let statement = try db.cachedStatement(
            sql: "SELECT * FROM objects WHERE api_group = ? AND plural = ? AND namespace = ? AND name = ?"
        )
        return try Row.fetchOne(statement, arguments: key(id)).map(object)
    }

    /// Everything, for the memory. One object that cannot be read does not keep the others from being served.
    func inMemory(_ logger: Logger) throws -> ObjectsInMemory {
        var objects: [StoredObject] = []
        var damaged: [(id: ObjectID, problem: String)] = []
        let rows = try Row.fetchCursor(db, sql: "SELECT * FROM objects")
        while let row = try rows.next() {
            let id = try id(row)
            do {
                objects.append(try object(row))
            } catch {
                logger.error("a stored object cannot be read", metadata: ["object": "\(id)", "error": "\(error)"])
                damaged.append((id, "\(error)"))
            }
        }
        return ObjectsInMemory(revision: try counter().revision, objects: objects, damaged: damaged)
    }

    func put(_ object: StoredObject) throws -> SealedBody {
        let body = try seal(object)
        try execute(
            """
            INSERT INTO objects (api_group, plural, namespace, name, version, key_id, body) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (api_group, plural, namespace, name)
            DO UPDATE SET version = excluded.version, key_id = excluded.key_id, body = excluded.body
            """,
            key(object.id) + [object.version, body.keyID, body.bytes]
        )
        return body
    }

    func remove(_ id: ObjectID) throws {
        try execute("DELETE FROM objects WHERE api_group = ? AND plural = ? AND namespace = ? AND name = ?", key(id))
    }

    func seal(_ object: StoredObject) throws -> SealedBody {
        try cipher.seal(object.json, id: object.id, version: object.version)
    }

    // MARK: - History

    func append(_ event: StoreEvent, body: SealedBody) throws {
        let previous = try event.previous.map(seal)
        let arguments: StatementArguments = [event.version, event.change.rawValue]
        try execute(
            """
            INSERT INTO changes (version, change, api_group, plural, namespace, name, key_id, body,
                previous_version, previous_key_id, previous_body) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            arguments + key(event.object.id)
                + [body.keyID, body.bytes, event.previous?.version, previous?.keyID, previous?.bytes]
        )
    }

    func history(after revision: Int64, of resources: Set<ResourceName>) throws -> [StoreEvent] {
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT * FROM changes WHERE version > ? ORDER BY version",
            arguments: [revision]
        )
        var events: [StoreEvent] = []
        while let row = try rows.next() {
            let resource = ResourceName(group: row["api_group"], plural: row["plural"])
            guard resources.isEmpty || resources.contains(resource) else { continue }
            events.append(try event(row))
        }
        return events
    }

    func counter() throws -> (revision: Int64, compacted: Int64) {
        guard let row = try Row.fetchOne(db.cachedStatement(sql: "SELECT revision, compacted FROM counter")) else {
            throw StoreError.unavailable("the revision counter is missing; the database file is damaged")
        }
        return (row["revision"], row["compacted"])
    }

    func setRevision(_ revision: Int64) throws {
        try execute("UPDATE counter SET revision = ?", [revision])
    }

    func forget(through revision: Int64) throws {
        try db.execute(sql: "DELETE FROM changes WHERE version <= ?", arguments: [revision])
        try db.execute(sql: "UPDATE counter SET compacted = max(compacted, ?)", arguments: [revision])
    }

    /// Every write runs the same few statements; each is compiled once for a connection.
    private func execute(_ sql: String, _ arguments: StatementArguments) throws {
        try db.cachedStatement(sql: sql).execute(arguments: arguments)
    }

    // MARK: - Rows as values (the tables are STRICT: a column has the type it was declared with)

    private func key(_ id: ObjectID) -> StatementArguments {
        [id.resource.group, id.resource.plural, id.namespace ?? "", id.name]
    }

    func id(_ row: Row) throws -> ObjectID {
        let namespace: String = row["namespace"]
        return ObjectID(
            ResourceName(group: row["api_group"], plural: row["plural"]),
            namespace: namespace.isEmpty ? nil : namespace,
            name: row["name"]
        )
    }

    private func object(_ row: Row) throws -> StoredObject {
        try object(id: id(row), version: row["version"], keyID: row["key_id"], body: row["body"])
    }

    private func object(id: ObjectID, version: Int64, keyID: String?, body: Data) throws -> StoredObject {
        let bytes = try cipher.open(SealedBody(bytes: body, keyID: keyID), id: id, version: version)
        // What we wrote ourselves was bounded when it came in.
        return StoredObject(
            id: id,
            value: try JSONParser.parse(bytes, limits: .init(bytes: .max, depth: 256)),
            version: version
        )
    }

    private func event(_ row: Row) throws -> StoreEvent {
        let id = try id(row)
        guard let change = StoreEvent.Change(rawValue: row["change"]) else {
            throw StoreError.unavailable("the change log has an unknown kind of change")
        }
        let object = try object(row)
        let previousVersion: Int64? = row["previous_version"]
        let previousBody: Data? = row["previous_body"]
        guard let previousVersion, let previousBody else { return StoreEvent(change: change, object: object, previous: nil) }
        let previous = try self.object(
            id: id,
            version: previousVersion,
            keyID: row["previous_key_id"],
            body: previousBody
        )
        return StoreEvent(change: change, object: object, previous: previous)
    }
}
