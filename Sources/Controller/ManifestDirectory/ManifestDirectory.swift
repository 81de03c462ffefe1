import API
import Foundation
import JSON
import Logging
import Schema
import ServiceLifecycle
import Store

/// `--manifests DIR`: keeps the store as the files of a folder say, through the same checks as a request.
///
/// Looks once a second. Files are applied in the order of their names; of a file with a mistake nothing is applied, and the
/// mistake is told once. Removing a file removes no object: that would make a slip of the hand log everybody out.
struct ManifestDirectory: Service {
    static let interval = Duration.seconds(1)
    /// Recorded as who changed an object.
    static let user = "system:manifests"

    private let folder: ManifestFolder
    private let apply: ManifestApply
    private let logger: Logger

    init(folder: String, store: any ObjectStore, catalog: ResourceCatalog, admission: Admission, logger: Logger) {
        self.folder = ManifestFolder(path: folder)
        self.logger = logger
        apply = ManifestApply(
            store: store,
            catalog: catalog,
            admission: admission,
            user: Self.user,
            now: { Int64(Date().timeIntervalSince1970) }
        )
    }

    func run() async {
        var memory = FolderMemory()
        var trouble: String?
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                try await look(&memory)
                trouble = nil
            } catch {
                // The same trouble each second is told once.
                if trouble != "\(error)" { logger.error("manifests cannot be applied", metadata: ["error": "\(error)"]) }
                trouble = "\(error)"
            }
            // Cancellation and shutdown both end the wait; the loop's condition tells which it was.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    /// One look at the folder: applies what is due. What the store could not take for now stays due.
    func look(_ memory: inout FolderMemory, now: Date = Date()) async throws {
        let look = try folder.look()
        let nanoseconds = Int64(now.timeIntervalSince1970) * 1_000_000_000
        for name in memory.due(look, nowNanoseconds: nanoseconds) {
            guard !Task.isShuttingDownGracefully, let stamp = look.files[name] else { continue }
            let bytes = try folder.read(name)
            // Written to while it was being read: a later look finds it at rest.
            guard folder.stamp(of: name) == stamp else { continue }
            do {
                for (object, outcome) in try await applied(bytes, of: name) where outcome != .unchanged {
                    logger.info(
                        "manifest applied",
                        metadata: ["file": "\(name)", "object": "\(object)", "outcome": "\(outcome.rawValue)"]
                    )
                }
                memory.record(.applied, of: name, stamp: stamp)
            } catch let problems as ManifestProblems {
                let verdict = FolderMemory.Verdict.refused(why: problems.description)
                if !memory.knows(verdict, of: name, stamp: stamp) {
                    logger.error(
                        "manifest refused, nothing of it was applied",
                        metadata: ["file": "\(name)", "error": "\(problems)"]
                    )
                }
                memory.record(verdict, of: name, stamp: stamp)
            }
        }
    }

    /// Applies all documents of a file or, when one of them is wrong, none.
    private func applied(_ bytes: [UInt8], of name: String) async throws -> [(ObjectID, ManifestApply.Outcome)] {
        let manifests = try documents(bytes, of: name)
        let namespaces = Set(manifests.filter { $0.kind == "Namespace" && $0.apiVersion == "v1" }.compactMap(\.name))
        var problems = ManifestProblems()
        var prepared: [ManifestApply.Prepared] = []
        for manifest in manifests {
            do {
                prepared.append(try await apply.prepare(manifest.value, manager: name, comingNamespaces: namespaces))
            } catch let refusal as ManifestApply.Refusal {
                problems.add(refusal, in: manifest)
            } catch let invalid as InvalidObject {
                problems.add(invalid, in: manifest)
            }
        }
        guard problems.isEmpty else { throw problems }
        var outcomes: [(ObjectID, ManifestApply.Outcome)] = []
        for object in prepared.inOrderOfCreation {
            for warning in object.warnings {
                logger.warning("manifest", metadata: ["file": "\(name)", "object": "\(object.id)", "warning": "\(warning)"])
            }
            outcomes.append((object.id, try await apply.write(object, manager: name)))
        }
        return outcomes
    }

    private func documents(_ bytes: [UInt8], of name: String) throws -> [Manifest] {
        do {
            return try ManifestReader.read(bytes, source: name)
        } catch {
            throw ManifestProblems(error)
        }
    }
}

extension [ManifestApply.Prepared] {
    /// Namespaces before what is in them; otherwise as in the file.
    fileprivate var inOrderOfCreation: [ManifestApply.Prepared] {
        let isNamespace = { (prepared: ManifestApply.Prepared) in
            prepared.id.resource == ResourceName(group: "", plural: "namespaces")
        }
        return filter(isNamespace) + filter { !isNamespace($0) }
    }
}
