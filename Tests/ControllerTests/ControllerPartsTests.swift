import API
import ArgumentParser
import Foundation
import JSON
import Listening
import Logging
import Schema
import Store
import Testing
import Web

@testable import Controller

@Suite(.timeLimit(.minutes(5)))
struct ControllerPartsTests {
    private func withFolder(_ body: (String) async throws -> Void) async throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "postern-data-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try await body(path)
    }

    private func settings(workers: Int, auditPath: String? = nil) -> ControllerSettings {
        ControllerSettings(
            apiAddress: ListenAddress(host: "127.0.0.1", port: 6443),
            workerAddresses: (0..<workers).map { ListenAddress(host: "127.0.0.1", port: 9443 + $0) },
            oauthAddress: ListenAddress(host: "127.0.0.1", port: 8443),
            workerArguments: [],
            hosts: [],
            manifests: nil,
            runsProcesses: true,
            audit: AuditSettings(path: auditPath, policy: .builtIn, sizeLimit: 1 << 20, keptFiles: 1)
        )
    }

    /// Everything up to the point of serving; the folder is free again when this returns.
    private func prepared(_ path: String, workers: Int = 3, _ body: (ControllerParts) async throws -> Void = { _ in })
        async throws
    {
        let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
        let parts = try await ControllerParts.prepare(
            folder: try await DataFolder.open(path, patience: .seconds(10)),
            settings: settings(workers: workers),
            logger: logger
        )
        try await body(parts)
        try parts.store.close()
    }

    /// Every file but the database's, which SQLite rearranges, and every object.
    private func contents(_ path: String) async throws -> [String: String] {
        var found: [String: String] = [:]
        for name in try FileManager.default.subpathsOfDirectory(atPath: path) where !name.hasPrefix("postern.db") {
            if let data = FileManager.default.contents(atPath: "\(path)/\(name)") { found[name] = data.base64EncodedString() }
        }
        try await prepared(path) { parts in
            found["revision"] = "\(try await parts.store.currentRevision())"
            for definition in try ResourceCatalog.builtIn().definitions {
                let resource = ResourceName(group: definition.group, plural: definition.plural)
                for object in try await parts.store.list(resource, namespace: nil).items {
                    found["\(object.id)"] = "\(object.value)"
                }
            }
        }
        return found
    }

    @Test func theFirstStartMakesEverythingAndTheSecondChangesNothing() async throws {
        try await withFolder { path in
            try await prepared(path)
            let before = try await contents(path)
            #expect(try await contents(path) == before)
            for name in ["encryption.key", "pki/ca.key", "workers/worker-2/client.key", "oauth-server/serving.crt"] {
                #expect(before[name] != nil, "\(name)")
            }
            #expect(before["authentications.config.openshift.io \"cluster\""] != nil)
            #expect(before.keys.filter { $0.hasPrefix("nodes ") }.count == 3)
            #expect(before.keys.contains("namespaces \"openshift-config\""))
        }
    }

    @Test func theDataFolderIsForItsOwnerOnlyAndForOneController() async throws {
        try await withFolder { path in
            let folder = try DataFolder.open(path)
            #expect(try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int == 0o700)
            let problem = #expect(throws: DataFolder.Problem.self) { try DataFolder.open(path) }
            #expect(problem?.description.hasPrefix("another controller uses \(folder.path)") == true)
        }
    }

    /// Whoever ended a moment ago may seem to be there still.
    @Test func theDataFolderIsWaitedForWhileItIsLetGoOf() async throws {
        try await withFolder { path in
            var first: DataFolder? = try DataFolder.open(path)
            await #expect(throws: DataFolder.Problem.self) { try await DataFolder.open(path, patience: .milliseconds(1)) }
            async let second = DataFolder.open(path, patience: .seconds(60))
            #expect(first != nil)
            first = nil
            let opened = try await second
            #expect(opened.path.hasSuffix(URL(filePath: path).lastPathComponent))
        }
    }

    @Test func withFewerWorkersTheNodesOfTheOthersGoAndForeignOnesStay() async throws {
        try await withFolder { path in
            let catalog = try ResourceCatalog.builtIn()
            let definition = try #require(catalog.definition(group: "", plural: "nodes"))
            let foreign = try Admission(catalog: catalog).admit(
                ["apiVersion": "v1", "kind": "Node", "metadata": ["name": "elsewhere"]],
                as: definition
            )
            try await prepared(path) { _ = try await $0.store.create(foreign.object) }
            try await prepared(path, workers: 1) { parts in
                let nodes = try await parts.store.list(ResourceName(group: "", plural: "nodes"), namespace: nil)
                #expect(nodes.items.map(\.id.name) == ["elsewhere", "worker-0"])
            }
        }
    }

    /// Before anything is made or served.
    @Test func anAuditLogThatCannotBeWrittenIsRefusedByItsOption() async throws {
        try await withFolder { path in
            let folder = try DataFolder.open(path)
            let settings = settings(workers: 1, auditPath: "\(path)/none/audit.log")
            let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
            let refusal = await #expect(throws: ValidationError.self) {
                try await ControllerParts.prepare(folder: folder, settings: settings, logger: logger)
            }
            #expect(refusal?.message == "--audit-log-path \(path)/none/audit.log: No such file or directory")
            #expect(!FileManager.default.fileExists(atPath: folder.database))
        }
    }

    @Test func aDatabaseWithoutItsKeyIsRefused() async throws {
        try await withFolder { path in
            let catalog = try ResourceCatalog.builtIn()
            let definition = try #require(catalog.definition(group: "", plural: "secrets"))
            let secret = try Admission(catalog: catalog).admit(
                ["apiVersion": "v1", "kind": "Secret", "metadata": ["name": "s", "namespace": "openshift-config"]],
                as: definition
            )
            try await prepared(path) { _ = try await $0.store.create(secret.object) }
            try FileManager.default.removeItem(atPath: "\(path)/encryption.key")
            await #expect(throws: SQLiteStore.OpenFailure.self) { try await prepared(path) }
        }
    }
}
