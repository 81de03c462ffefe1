import API
import Foundation
import JSON
import Logging
import Schema
import ServiceLifecycle

/// A folder of YAML and JSON files whose objects are applied as the files appear and change.
///
/// A bad file changes nothing and stops nothing: it is reported once, and looked at again when it has changed. A file that goes away
/// takes no object with it.
struct ManifestDirectory: Service {
    /// How often the folder is looked at.
    private static let interval = Duration.milliseconds(500)
    private static let maximumFiles = 1000
    private static let maximumBytes = 3 << 20

    let folder: String
    let api: LocalAPI
    let logger: Logger

    func run() async throws {
        var known: [String: FileMark] = [:]
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            let present = files()
            for name in changedFiles(before: known, now: present) {
                await apply(name)
            }
            known = present
            // Ends early only when the group shuts down.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
        }
    }

    // MARK: - Steps

    private func files() -> [String: FileMark] {
        do {
            let names = try FileManager.default.contentsOfDirectory(atPath: folder)
                .filter { isManifestName($0) }.sorted().prefix(Self.maximumFiles)
            return Dictionary(
                uniqueKeysWithValues: names.compactMap { name in FileMark("\(folder)/\(name)").map { (name, $0) } }
            )
        } catch {
            logger.error("the manifests' folder cannot be read", metadata: ["folder": "\(folder)", "error": "\(error)"])
            return [:]
        }
    }

    private func apply(_ name: String) async {
        let manifests: [Manifest]
        do {
            let bytes = try read("\(folder)/\(name)")
            manifests = try ManifestReader.read(bytes, source: name)
        } catch {
            logger.error("a manifest cannot be read", metadata: ["file": "\(name)", "error": "\(error)"])
            return
        }
        for manifest in manifests {
            let object = manifest.value
            let label = "\(object["kind"]?.stringValue ?? "?")/\(object.value(at: "metadata", "name")?.stringValue ?? "?")"
            do {
                let (outcome, warnings) = try await api.apply(object, manager: "manifests", logger: logger)
                logger.notice("manifest applied", metadata: ["file": "\(name)", "object": "\(label)", "outcome": "\(outcome)"])
                for warning in warnings { logger.warning("\(warning)", metadata: ["file": "\(name)", "object": "\(label)"]) }
            } catch {
                logger.error(
                    "a manifest is refused",
                    metadata: ["file": "\(name)", "object": "\(label)", "error": "\(describe(error, in: manifest))"]
                )
            }
        }
    }

    /// One byte more than is allowed is read, so that the reader refuses what is too large without all of it in memory.
    private func read(_ path: String) throws -> [UInt8] {
        let handle = try FileHandle(forReadingFrom: URL(filePath: path))
        defer { try? handle.close() }
        return [UInt8](try handle.read(upToCount: Self.maximumBytes + 1) ?? Data())
    }

    /// Each problem with its place in the file, where the reader knows it.
    private func describe(_ error: any Error, in manifest: Manifest) -> String {
        guard let invalid = error as? InvalidObject, !invalid.issues.isEmpty else { return "\(error)" }
        return invalid.issues.map { issue in
            let mark = manifest.mark(of: issue.path).map { "\(manifest.source):\($0.line):\($0.column): " } ?? ""
            return "\(mark)\(issue)"
        }.joined(separator: "; ")
    }
}

/// What tells that a file is another one than before.
struct FileMark: Hashable, Sendable {
    let seconds: Int
    let nanoseconds: Int
    let size: Int64
    let inode: UInt64

    /// nil when the file is gone or is no plain file.
    init?(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
        seconds = status.st_mtim.tv_sec
        nanoseconds = status.st_mtim.tv_nsec
        size = Int64(status.st_size)
        inode = UInt64(status.st_ino)
    }

    init(seconds: Int, nanoseconds: Int = 0, size: Int64, inode: UInt64 = 0) {
        (self.seconds, self.nanoseconds, self.size, self.inode) = (seconds, nanoseconds, size, inode)
    }
}

/// The files to apply, in the order of their names: those that are new or differ from what they were.
func changedFiles(before: [String: FileMark], now: [String: FileMark]) -> [String] {
    now.filter { before[$0.key] != $0.value }.keys.sorted()
}

/// Editors and atomic writers leave hidden and temporary files beside the real ones.
func isManifestName(_ name: String) -> Bool {
    !name.hasPrefix(".") && !name.hasPrefix("#") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
}
