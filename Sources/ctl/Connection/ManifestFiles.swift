import Foundation
import JSON
import Schema

/// The objects of files, folders and standard input, as `-f` names them.
enum ManifestFiles {
    /// A file far over the limit of manifests is not read to its end.
    private static let readLimit = 16 << 20

    static func read(_ paths: [String], isRecursive: Bool = false) throws -> [Manifest] {
        let input = readAll(paths, isRecursive: isRecursive)
        if let failure = input.failures.first { throw failure }
        return input.manifests
    }

    /// Everything that can be read, and why the rest cannot; there is something of one or the other.
    static func readAll(_ paths: [String], isRecursive: Bool = false) -> (manifests: [Manifest], failures: [any Error]) {
        var manifests: [Manifest] = []
        var failures: [any Error] = []
        for path in paths {
            do {
                for file in try files(at: path, isRecursive: isRecursive) {
                    do {
                        manifests += try ManifestReader.read(try bytes(of: file), source: name(of: file)).flatMap(items)
                    } catch {
                        failures.append(error)
                    }
                }
            } catch {
                failures.append(error)
            }
        }
        if manifests.isEmpty, failures.isEmpty {
            failures.append(CommandFailure("there is no object in \(paths.map(name).joined(separator: ", "))"))
        }
        return (manifests, failures)
    }

    private static func name(of path: String) -> String { path == "-" ? "standard input" : path }

    /// What a file holds; `-` is standard input.
    static func bytes(of path: String) throws -> [UInt8] {
        guard path != "-" else { return [UInt8](try FileHandle.standardInput.read(upToCount: readLimit) ?? Data()) }
        do {
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            return [UInt8](try handle.read(upToCount: readLimit) ?? Data())
        } catch {
            throw CommandFailure("cannot read \(path): it does not exist or is not readable")
        }
    }

    /// The files of a folder that can hold manifests, by name.
    private static func files(at path: String, isRecursive: Bool) throws -> [String] {
        var isFolder: ObjCBool = false
        guard path != "-", FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [path]
        }
        let names =
            isRecursive
            ? try FileManager.default.subpathsOfDirectory(atPath: path)
            : try FileManager.default.contentsOfDirectory(atPath: path)
        let manifests = names.filter { name in [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) } }.sorted()
        guard !manifests.isEmpty else { throw CommandFailure("there is no .yaml, .yml or .json file in \(path)") }
        let folder = path.hasSuffix("/") ? path : "\(path)/"
        return manifests.map { folder + $0 }
    }

    /// A List stands for its items.
    private static func items(of manifest: Manifest) -> [Manifest] {
        guard manifest.kind == "List", manifest.apiVersion == "v1", let items = manifest.value["items"]?.arrayValue else {
            return [manifest]
        }
        return items.map { Manifest(value: $0, source: manifest.source) }
    }
}
