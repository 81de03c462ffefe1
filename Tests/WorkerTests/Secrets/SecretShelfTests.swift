import Foundation
import Logging
import Snapshot
import Synchronization
import Testing

@testable import Worker

/// The worker's secrets: fetched when a revision needs them, kept for starts without a controller, erased afterwards.
struct SecretShelfTests {
    static func reference(_ name: String, _ version: String = "1") -> SecretReference {
        SecretReference(name: name, key: "clientSecret", version: version)
    }

    struct Unreachable: Error {}

    static func shelf(_ folder: ScratchFolder, _ fetch: @escaping SecretShelf.Fetch = { Array("value of \($0.name)".utf8) })
        -> SecretShelf
    {
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        return SecretShelf(path: folder.file("secrets.json"), logger: logger, fetch: fetch)
    }

    static func text(_ secret: Secret?) -> String? { secret.map { String(decoding: $0.expose(), as: UTF8.self) } }

    @Test func keepsThemForAStartWithoutAController() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try await Self.shelf(folder).gather([Self.reference("a"), Self.reference("b")])
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.file("secrets.json"))
        #expect(attributes[.posixPermissions] as? Int == 0o600)
        let later = Self.shelf(folder) { _ in throw Unreachable() }
        later.load()
        #expect(Self.text(later.find(Self.reference("a"))) == "value of a")
        try await later.gather([Self.reference("a"), Self.reference("b")])
        await #expect(throws: SecretShelf.Missing.self) { try await later.gather([Self.reference("a", "2")]) }
    }

    @Test func erasesWhatIsNotNeededAnyMore() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let shelf = Self.shelf(folder)
        try await shelf.gather([Self.reference("a"), Self.reference("b")])
        shelf.keep([Self.reference("b")])
        #expect(shelf.find(Self.reference("a")) == nil)
        #expect(Self.text(shelf.find(Self.reference("b"))) == "value of b")
        let value = Data("value of a".utf8).base64EncodedString()
        #expect(try !String(contentsOfFile: folder.file("secrets.json"), encoding: .utf8).contains(value))
        shelf.keep([])
        let later = Self.shelf(folder) { _ in throw Unreachable() }
        later.load()
        #expect(later.find(Self.reference("b")) == nil)
    }

    @Test func aDamagedFileIsAsGoodAsNone() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        try Data("{".utf8).write(to: URL(filePath: folder.file("secrets.json")))
        let shelf = Self.shelf(folder)
        shelf.load()
        try await shelf.gather([Self.reference("a")])
        #expect(Self.text(shelf.find(Self.reference("a"))) == "value of a")
    }
}
