import GRDB
import JSON
import Schema
import Synchronization
import Testing

@testable import Store

/// Several writes in one transaction: what each is told, and what is then on disk.
struct GroupCommitTests {
    private struct Odd: Error {}

    /// The answers and events of some writes, in their order.
    private final class Told: Sendable {
        private let lines = Mutex<[String]>([])
        var all: [String] { lines.withLock { $0 } }
        func add(_ line: String) { lines.withLock { $0.append(line) } }
    }

    private let database: DatabaseQueue
    private let told = Told()

    init() throws {
        database = try DatabaseQueue()
        try database.writeWithoutTransaction(SQLiteSchema.prepare)
    }

    private func create(_ name: String, then: @escaping @Sendable (ObjectRows) throws -> Void = { _ in }) -> GroupCommit.Write {
        GroupCommit.Write { [told] rows in
            let object = StoredObject(id: Sample.id(name), value: ["name": .string(name)], version: 1)
            guard try rows.find(object.id) == nil else { throw StoreError.alreadyExists(object.id) }
            _ = try rows.put(object)
            try then(rows)
            return (StoreEvent(change: .added, object: object, previous: nil), { told.add("made \(name)") })
        } refuse: { [told] error in
            switch error {
            case .alreadyExists(let id): told.add("there is \(id.name)")
            default: told.add("failed \(name)")
            }
        }
    }

    /// - Returns: the names that are on disk afterwards.
    private func commit(_ writes: [GroupCommit.Write]) throws -> [String] {
        try database.writeWithoutTransaction { [told] db in
            let rows = ObjectRows(db: db, cipher: CredentialCipher(current: .random(), previous: []))
            GroupCommit.commit(writes, rows) { told.add("event \($0.object.id.name)") }
            return try String.fetchAll(db, sql: "SELECT name FROM objects ORDER BY name")
        }
    }

    @Test func tellsAllEventsInOrderBeforeTheAnswers() throws {
        let names = try commit([create("b"), create("a"), create("c")])
        #expect(names == ["a", "b", "c"])
        #expect(told.all == ["event b", "event a", "event c", "made b", "made a", "made c"])
    }

    @Test func whatIsRefusedTakesNothingElseWithIt() throws {
        let names = try commit([create("a"), create("a"), create("b")])
        #expect(names == ["a", "b"])
        #expect(told.all == ["event a", "event b", "made a", "there is a", "made b"])
    }

    @Test func whatFailsHalfwayLeavesNothing() throws {
        let names = try commit([create("a"), create("half") { _ in throw Odd() }, create("b")])
        #expect(names == ["a", "b"])
        #expect(told.all == ["event a", "event b", "made a", "failed half", "made b"])
    }

    /// SQLite ends the transaction by itself when the disk is full or broken.
    @Test func whenTheTransactionIsGoneNobodyIsToldThatItWasDone() throws {
        let broken = create("broken") { rows in
            try rows.db.execute(sql: "ROLLBACK")
            throw Odd()
        }
        let names = try commit([create("a"), create("a"), broken, create("b")])
        #expect(names.isEmpty)
        #expect(told.all == ["failed a", "failed a", "failed broken", "failed b"])
    }

    @Test func aCommitThatFailsRefusesAll() throws {
        try database.writeWithoutTransaction { db in
            // Checked at the commit, not at the statement.
            try db.execute(
                sql: """
                    CREATE TABLE mother (id INTEGER PRIMARY KEY) STRICT;
                    CREATE TABLE child (id INTEGER REFERENCES mother (id) DEFERRABLE INITIALLY DEFERRED) STRICT;
                    """
            )
        }
        let orphan = create("orphan") { rows in try rows.db.execute(sql: "INSERT INTO child VALUES (1)") }
        let names = try commit([create("a"), orphan])
        #expect(names.isEmpty)
        #expect(told.all == ["failed a", "failed orphan"])
    }

    @Test func oneOfManyAtOnceMakesTheObjectAndNoRevisionIsLost() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for number in 0..<200 {
                group.addTask {
                    do {
                        _ = try await store.create(Sample.configMap(number % 2 == 0 ? "wanted" : "own-\(number)"))
                        return true
                    } catch StoreError.alreadyExists {
                        return false
                    }
                }
            }
            return try await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(made == 101)
        let list = try await store.list(Sample.configMaps, namespace: nil)
        #expect(list.items.count == 101)
        #expect(Set(list.items.map(\.version)) == Set(1...101))
        #expect(list.revision == 101)
        try store.close()
    }
}
