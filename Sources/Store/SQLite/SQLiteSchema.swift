import Foundation
import GRDB

/// The tables, and the settings of the writing connection on which durability rests.
enum SQLiteSchema {
    static let version = 1

    /// Makes the tables in an empty file; refuses a file of a newer program.
    static func prepare(_ db: Database) throws {
        let found = try Int.fetchOne(db, sql: "PRAGMA user_version") ?? 0
        guard found <= version else { throw SQLiteStore.OpenFailure.newerFormat(found: found, known: version) }
        guard found == 0 else { return }
        // namespace is '' for cluster-scoped objects: NULL would not be equal to itself in the unique key.
        // TEXT compares as bytes here (BINARY collation), so names are ordered and told apart by their UTF-8 bytes.
        try db.inTransaction {
            try db.execute(
                sql: """
                    CREATE TABLE objects (
                        api_group TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                        version INTEGER NOT NULL, key_id TEXT, body BLOB NOT NULL,
                        UNIQUE (api_group, plural, namespace, name)
                    ) STRICT;
                    CREATE TABLE changes (
                        version INTEGER PRIMARY KEY, change TEXT NOT NULL,
                        api_group TEXT NOT NULL, plural TEXT NOT NULL, namespace TEXT NOT NULL, name TEXT NOT NULL,
                        key_id TEXT, body BLOB NOT NULL,
                        previous_version INTEGER, previous_key_id TEXT, previous_body BLOB
                    ) STRICT;
                    CREATE TABLE counter (
                        id INTEGER PRIMARY KEY CHECK (id = 1), revision INTEGER NOT NULL, compacted INTEGER NOT NULL
                    ) STRICT;
                    INSERT INTO counter (id, revision, compacted) VALUES (1, 0, 0);
                    PRAGMA user_version = \(version);
                    """
            )
            return .commit
        }
    }

    /// GRDB sets `synchronous = NORMAL` on the writer of a pool after all configuration hooks, which loses the last writes
    /// at a power failure. So FULL is set here, after opening, and read back from the same connection.
    static func makeDurable(_ db: Database) throws {
        try db.execute(sql: "PRAGMA synchronous = FULL")
        let synchronous = try Int.fetchOne(db, sql: "PRAGMA synchronous")
        let journal = try String.fetchOne(db, sql: "PRAGMA journal_mode")
        guard synchronous == 2, journal == "wal" else {
            throw SQLiteStore.OpenFailure.notDurable(
                synchronous: synchronous.map(String.init) ?? "unknown",
                journal: journal ?? "unknown"
            )
        }
    }
}
