import Durable
import Foundation
import Testing

struct DurableFileTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-durable-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    @Test func replacesTheContentAndLeavesNothingElse() async throws {
        try await withFolder { folder in
            for text in ["", "first", "second and longer"] {
                try DurableFile.write(Array(text.utf8), to: "\(folder)/file")
                #expect(try String(contentsOfFile: "\(folder)/file", encoding: .utf8) == text)
                #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["file"])
            }
        }
    }

    @Test(arguments: [0o600, 0o644, 0o666] as [mode_t])
    func hasTheAskedPermissionsWhateverTheMaskSays(_ permissions: mode_t) async throws {
        try await withFolder { folder in
            try DurableFile.write([1], to: "\(folder)/file", permissions: 0o644)
            try DurableFile.write([2], to: "\(folder)/file", permissions: permissions)
            let attributes = try FileManager.default.attributesOfItem(atPath: "\(folder)/file")
            #expect(attributes[.posixPermissions] as? Int == Int(permissions))
        }
    }

    @Test func aFailureNamesTheFileAndTheReasonAndLeavesNothing() async throws {
        try await withFolder { folder in
            let failure = #expect(throws: DurableFile.Failure.self) { try DurableFile.write([1], to: "\(folder)/missing/file") }
            #expect(failure?.code == ENOENT)
            #expect(failure?.description.contains("\(folder)/missing/file") == true)
            try FileManager.default.createDirectory(atPath: "\(folder)/taken", withIntermediateDirectories: false)
            #expect(throws: DurableFile.Failure.self) { try DurableFile.write([1], to: "\(folder)/taken") }
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["taken"])
        }
    }

    @Test(.timeLimit(.minutes(5))) func aReaderSeesTheOldOrTheNewAndNeverHalf() async throws {
        try await withFolder { folder in
            let path = "\(folder)/file"
            let contents = [UInt8(ascii: "a"), UInt8(ascii: "b")].map { [UInt8](repeating: $0, count: 100_000) }
            try DurableFile.write(contents[0], to: path)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { for round in 0..<40 { try DurableFile.write(contents[round % 2], to: path) } }
                group.addTask {
                    for _ in 0..<200 {
                        let seen = try Array(Data(contentsOf: URL(filePath: path)))
                        #expect(contents.contains(seen))
                    }
                }
                try await group.waitForAll()
            }
        }
    }
}
