import Foundation
import GRDB
import JSON
import Logging
import Schema
import Store
import Testing

@Suite(.timeLimit(.minutes(5)))
struct EncryptionTests {
    static let secretID = ObjectID(Sample.secrets, namespace: "openshift-config", name: "s")

    @Test func theBytesOfASecretAreNowhereInTheFiles() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        _ = try await store.create(Sample.secret("s", data: "first-hidden-word"))
        _ = try await store.update(Sample.secret("s", data: "second-hidden-word"), ifVersion: nil)
        _ = try await store.create(Sample.configMap("c", data: "open-word"))
        _ = try await store.delete(Self.secretID, ifVersion: nil)
        try store.close()
        let files = try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path)
        let bytes = try files.map { try Data(contentsOf: URL(filePath: scratch.folder.file($0))) }.reduce(Data(), +)
        #expect(bytes.range(of: Data("open-word".utf8)) != nil)
        #expect(bytes.range(of: Data("hidden-word".utf8)) == nil)
    }

    @Test func aMissingKeyIsNoticedAtOpeningAndNamed() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        _ = try await store.create(Sample.secret("s", data: "x"))
        try store.close()
        #expect(throws: SQLiteStore.OpenFailure.keysMissing([scratch.key.id])) { try scratch.openSQLite(key: .random()) }
    }

    @Test func aKeyIsReplacedWithoutLosingAnything() async throws {
        let scratch = try SQLiteScratch()
        let old = try scratch.openSQLite()
        _ = try await old.create(Sample.secret("s", data: "1"))
        let secret = try await old.update(Sample.secret("s", data: "2"), ifVersion: nil)
        try old.close()

        let new = EncryptionKey.random()
        let both = try scratch.openSQLite(key: new, previousKeys: [scratch.key])
        #expect(try await both.get(Self.secretID) == secret)
        #expect(try await both.sealAgain() == 4)
        #expect(try await both.sealAgain() == 0)
        try both.close()

        let after = try scratch.openSQLite(key: new)
        #expect(try await after.get(Self.secretID) == secret)
        #expect(try await events(2, of: after.watch([], after: 0)).map(\.object.text) == ["1", "2"])
    }

    @Test func aSealedBodyOpensOnlyInItsOwnPlace() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        _ = try await store.create(Sample.secret("s", data: "mine"))
        _ = try await store.create(Sample.secret("t", data: "theirs"))
        try store.close()
        try await DatabaseQueue(path: scratch.path).write { db in
            try db.execute(sql: "UPDATE objects SET body = (SELECT body FROM objects WHERE name = 't') WHERE name = 's'")
        }
        let opened = try scratch.openSQLite()
        await #expect(throws: StoreError.self) { try await opened.get(Self.secretID) }
        // The others are served all the same; a list that would leave one out is not.
        let other = ObjectID(Sample.secrets, namespace: "openshift-config", name: "t")
        #expect(try await opened.get(other).id == other)
        await #expect(throws: StoreError.self) { try await opened.list(Sample.secrets, namespace: "openshift-config") }
        #expect(try await opened.list(Sample.secrets, namespace: "default").items.isEmpty)
    }

    @Test func plainBytesInTheColumnOfASecretAreRefused() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        _ = try await store.create(Sample.secret("s", data: "x"))
        try store.close()
        try await DatabaseQueue(path: scratch.path).write { db in
            try db.execute(sql: "UPDATE objects SET key_id = NULL, body = ?", arguments: [Data("{}".utf8)])
        }
        let opened = try scratch.openSQLite()
        await #expect(throws: StoreError.self) { try await opened.get(Self.secretID) }
    }

    @Test func aKeyDoesNotPrintItself() {
        let key = EncryptionKey.random()
        var dumped = ""
        dump(key, to: &dumped)
        #expect("\(key) \(String(reflecting: key)) \(dumped)".contains("<encryption key \(key.id)>"))
        #expect(!dumped.contains("symmetric"))
    }
}

struct EncryptionKeyFileTests {
    @Test func isMadeOnceForTheOwnerOnly() throws {
        let folder = try ScratchFolder()
        let path = folder.file("encryption.key")
        let made = try EncryptionKeyFile.loadOrCreate(at: path)
        #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o600)
        #expect(try EncryptionKeyFile.loadOrCreate(at: path).keys.map(\.id) == made.keys.map(\.id))
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let text: String
        let mode: Int
        let failure: @Sendable (String) -> EncryptionKeyFile.Failure
    }

    static let key = Data(repeating: 7, count: 32).base64EncodedString()
    static let cases = [
        Case(testDescription: "nothing in it", text: "\n", mode: 0o600) { .empty(path: $0) },
        Case(testDescription: "not base64", text: "\(key)\n!!\n", mode: 0o600) { .notAKey(path: $0, line: 2) },
        Case(testDescription: "too short", text: "QUJD\n", mode: 0o600) { .notAKey(path: $0, line: 1) },
        Case(testDescription: "open to others", text: key, mode: 0o644) { .readableByOthers(path: $0) },
    ]

    @Test(arguments: cases)
    func refuses(_ c: Case) throws {
        let folder = try ScratchFolder()
        let path = folder.file("encryption.key")
        try Data(c.text.utf8).write(to: URL(filePath: path))
        try FileManager.default.setAttributes([.posixPermissions: c.mode], ofItemAtPath: path)
        #expect(throws: c.failure(path)) { try EncryptionKeyFile.loadOrCreate(at: path) }
    }
}
