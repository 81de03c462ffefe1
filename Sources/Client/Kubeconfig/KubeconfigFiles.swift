import Durable
import Foundation
package import JSON
import Schema

/// The files a kubeconfig is read from and written to: `--kubeconfig`, else `KUBECONFIG` (a list), else `~/.kube/config`.
package struct KubeconfigFiles: Sendable {
    /// One change to what is on disk.
    package enum Edit: Sendable {
        case set(Kubeconfig.Section, name: String, JSONValue)
        case remove(Kubeconfig.Section, name: String)
        /// In the file that has it; a current context of this name follows.
        case rename(Kubeconfig.Section, String, to: String)
        case currentContext(String)
    }

    /// More than the reader of manifests takes, so that it says what is wrong with a larger one.
    private static let sizeLimit = 4 << 20

    package let paths: [String]
    /// A file named by a flag must exist; of a list, those that do not exist are left out.
    private let mustExist: Bool

    /// - Parameter mayBeMissing: whether the file that a flag names may be made now.
    package init(flag: String?, environment: [String: String], mayBeMissing: Bool = false) {
        if let flag {
            paths = [flag]
            mustExist = !mayBeMissing
        } else {
            let list = (environment["KUBECONFIG"] ?? "").split(separator: ":").map(String.init)
            paths = list.isEmpty ? ["\(environment["HOME"] ?? ".")/.kube/config"] : list
            mustExist = false
        }
    }

    private init(paths: [String], mustExist: Bool) {
        self.paths = paths
        self.mustExist = mustExist
    }

    /// The files that logins may change: those before the first one that is the administrator's own.
    ///
    /// What stands after it would not count, because the first file's current context stands.
    package func forLogin() throws -> KubeconfigFiles {
        let administrators = try paths.firstIndex { path in
            try FileManager.default.fileExists(atPath: path) && Self.read(path).isAdministrators
        }
        guard let administrators else { return self }
        guard administrators > 0 else { throw AdministratorsKubeconfig(path: paths[administrators]) }
        return KubeconfigFiles(paths: Array(paths[..<administrators]), mustExist: mustExist)
    }

    /// All files joined, file names in them made absolute.
    ///
    /// - Parameter findsPlugins: whether the commands of plugins are, too; kubectl shows them as they are.
    package func load(findsPlugins: Bool = true) throws -> Kubeconfig {
        var merged: Kubeconfig?
        for path in paths where mustExist || FileManager.default.fileExists(atPath: path) {
            let folder = FilePath.folder(of: path)
            var content = Self.absolute(try Self.read(path), folder: folder)
            if findsPlugins { content = Self.findingPlugins(content, folder: folder) }
            merged = merged?.merging(content) ?? content
        }
        return merged ?? Kubeconfig()
    }

    /// Makes changes, each in the file that has the entry already, else in the first that exists, else in the last of the list.
    package func apply(_ edits: [Edit]) throws {
        var files: [(path: String, content: Kubeconfig, exists: Bool)] = []
        for path in paths {
            let exists = FileManager.default.fileExists(atPath: path)
            files.append((path, exists ? try Self.read(path) : Kubeconfig(), exists))
        }
        let before = files.map(\.content)
        for edit in edits { Self.apply(edit, to: &files) }
        for (file, old) in zip(files, before) where file.content != old {
            try Self.write(file.content, to: file.path)
        }
    }

    private static func write(_ content: Kubeconfig, to path: String) throws {
        let folder = FilePath.folder(of: path)
        do {
            if !folder.isEmpty {
                try FileManager.default.createDirectory(
                    atPath: folder,
                    withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o700]
                )
            }
            try DurableFile.write(Array(YAMLWriter.text(of: content.document).utf8), to: path, permissions: 0o600)
        } catch let error as CocoaError {
            throw InvalidKubeconfig(
                "cannot write the kubeconfig \(path): its folder cannot be made (\(error.localizedDescription))"
            )
        }
    }

    private static func apply(_ edit: Edit, to files: inout [(path: String, content: Kubeconfig, exists: Bool)]) {
        let fallback = files.firstIndex { $0.exists } ?? files.count - 1
        switch edit {
        case .set(let section, let name, let value):
            let index = files.firstIndex { $0.content[section, name] != nil } ?? fallback
            files[index].content[section, name] = value
        case .remove(let section, let name):
            for index in files.indices { files[index].content[section, name] = nil }
        case .rename(let section, let name, let newName):
            for index in files.indices {
                files[index].content.rename(section, name, to: newName)
                if section == .contexts, files[index].content.currentContext == name {
                    files[index].content.currentContext = newName
                }
            }
        case .currentContext(let name):
            let index = files.firstIndex { $0.content.currentContext != nil } ?? fallback
            files[index].content.currentContext = name
        }
    }

    private static func read(_ path: String) throws -> Kubeconfig {
        do {
            // A handle also reads what is not a regular file, such as /dev/null.
            let handle = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? handle.close() }
            let bytes = [UInt8](try handle.read(upToCount: sizeLimit) ?? Data())
            return bytes.isEmpty ? Kubeconfig() : try Kubeconfig.parse(bytes, source: path)
        } catch let problem as InvalidKubeconfig {
            throw problem
        } catch {
            throw InvalidKubeconfig("cannot read the kubeconfig \(path): it does not exist or is not readable")
        }
    }

    private static func findingPlugins(_ content: Kubeconfig, folder: String) -> Kubeconfig {
        var content = content
        for name in content.names(.users) {
            // A name without a slash is looked for in PATH.
            guard let command = content[.users, name]?["exec"]?["command"]?.stringValue, command.contains("/"),
                !command.hasPrefix("/")
            else { continue }
            let path = URL(filePath: folder.isEmpty ? command : "\(folder)/\(command)").standardizedFileURL.path
            content[.users, name]?["exec"]?["command"] = .string(path)
        }
        return content
    }

    private static func absolute(_ content: Kubeconfig, folder: String) -> Kubeconfig {
        var content = content
        for (section, members) in [
            (Kubeconfig.Section.clusters, ["certificate-authority"]),
            (.users, ["client-certificate", "client-key", "tokenFile"]),
        ] {
            for name in content.names(section) {
                for member in members {
                    guard let path = content[section, name]?[member]?.stringValue, !path.isEmpty, !path.hasPrefix("/") else {
                        continue
                    }
                    content[section, name]?[member] = .string(folder.isEmpty ? path : "\(folder)/\(path)")
                }
            }
        }
        return content
    }
}
