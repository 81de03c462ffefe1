import Foundation
import GRDB
import JSON
import Logging
import Schema
import Testing

@testable import Store

struct SQLiteScratch: StoreScratch {
    let folder: ScratchFolder
    let key = EncryptionKey.random()

    init() throws { folder = try ScratchFolder() }

    var path: String { folder.file("postern.db") }

    func open(history: Int64, watchBuffer: Int) throws -> any ObjectStore {
        try openSQLite(history: history, watchBuffer: watchBuffer)
    }

    func openSQLite(
        key: EncryptionKey? = nil,
        previousKeys: [EncryptionKey] = [],
        history: Int64 = 10_000,
        watchBuffer: Int = 1_000
    ) throws -> SQLiteStore {
        var limits = SQLiteStore.Limits()
        limits.history = history
        limits.watchBuffer = watchBuffer
        return try SQLiteStore.open(
            path: path,
            key: key ?? self.key,
            previousKeys: previousKeys,
            limits: limits,
            logger: Logger(label: "test")
        )
    }
}

@Suite(.timeLimit(.minutes(5)))
struct SQLiteStoreTests {
    @Test(arguments: StoreConformance.promises)
    func keeps(_ promise: StoreConformance.Promise) async throws {
        try await promise.check(SQLiteScratch())
    }

    @Test func syncsEveryCommitOnTheWritingConnection() throws {
        let scratch = try SQLiteScratch()
        defer { withExtendedLifetime(scratch) {} }
        let store = try scratch.openSQLite()
        #expect(try store.writerSettings() == SQLiteStore.WriterSettings(synchronous: 2, journalMode: "wal"))
    }

    @Test func onlyTheOwnerCanReadTheFiles() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        _ = try await store.create(Sample.configMap("a"))
        for file in try FileManager.default.contentsOfDirectory(atPath: scratch.folder.path) {
            let attributes = try FileManager.default.attributesOfItem(atPath: scratch.folder.file(file))
            #expect(attributes[.posixPermissions] as? Int == 0o600, "\(file)")
        }
        try store.close()
    }

    @Test func closingEndsTheWatchesWithoutAnError() async throws {
        let scratch = try SQLiteScratch()
        defer { withExtendedLifetime(scratch) {} }
        let store = try scratch.openSQLite()
        let watch = try await store.watch([], after: 0)
        try store.close()
        #expect(try await events(1, of: watch).isEmpty)
    }

    @Test func aWatchThatIsLetGoIsForgotten() async throws {
        let scratch = try SQLiteScratch()
        defer { withExtendedLifetime(scratch) {} }
        let store = try scratch.openSQLite()
        do {
            let watch = try await store.watch([], after: 0)
            #expect(store.watchCount == 1)
            _ = watch
        }
        #expect(store.watchCount == 0)
    }

    @Test func aCancelledWriterEitherWroteWithItsEventOrNotAtAll() async throws {
        let scratch = try SQLiteScratch()
        defer { withExtendedLifetime(scratch) {} }
        let store = try scratch.openSQLite()
        let watch = try await store.watch([], after: 0)
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<50 {
                group.addTask {
                    withUnsafeCurrentTask { $0?.cancel() }
                    _ = try? await store.create(Sample.configMap("c\(number)"))
                }
            }
        }
        let revision = try await store.currentRevision()
        #expect(try await store.list(Sample.configMaps, namespace: nil).items.count == Int(revision))
        #expect(try await events(Int(revision), of: watch).map(\.version) == Array(1...revision))
    }

    @Test func refusesAFileOfANewerProgram() throws {
        let scratch = try SQLiteScratch()
        try scratch.openSQLite().close()
        try DatabaseQueue(path: scratch.path).write { try $0.execute(sql: "PRAGMA user_version = 99") }
        #expect(throws: SQLiteStore.OpenFailure.newerFormat(found: 99, known: 1)) { try scratch.openSQLite() }
    }

    /// What kill -9 leaves behind: the files as they are at that moment, the log not yet written back.
    @Test func whatWasAcknowledgedIsInTheFilesAtThatMoment() async throws {
        let scratch = try SQLiteScratch()
        let store = try scratch.openSQLite()
        for number in 1...50 {
            _ = try await store.create(Sample.configMap("c\(number)"))
            guard number % 10 == 0 else { continue }
            let copy = try SQLiteScratch()
            for suffix in ["", "-wal"] {
                try FileManager.default.copyItem(atPath: scratch.path + suffix, toPath: copy.path + suffix)
            }
            let revived = try copy.openSQLite(key: scratch.key)
            #expect(try await revived.currentRevision() == Int64(number))
            #expect(try await revived.list(Sample.configMaps, namespace: nil).items.count == number)
        }
        try store.close()
    }
}
