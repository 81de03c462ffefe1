import Foundation
import JSON

@testable import Client

/// A folder with a script that is a plugin, and a file that the script writes one line into at each run.
struct PluginFolder {
    let path: String

    /// - Parameter script: what the shell runs; `RUNS` is the file of runs.
    init(_ script: String) throws {
        path = FileManager.default.temporaryDirectory.appending(path: "plugin-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        let text = "#!/bin/sh\nRUNS='\(path)/runs'\necho run >> \"$RUNS\"\n\(script)\n"
        _ = FileManager.default.createFile(
            atPath: "\(path)/text",
            contents: Data(text.utf8),
            attributes: [.posixPermissions: 0o700]
        )
        // What we had open for writing ourselves, a process that another test starts just then would keep open, and busy.
        try Process.run(URL(filePath: "/bin/cp"), arguments: ["-p", "\(path)/text", "\(path)/plugin"]).waitUntilExit()
    }

    var runs: Int { read("runs").split(separator: "\n").count }

    func read(_ name: String) -> String {
        String(decoding: FileManager.default.contents(atPath: "\(path)/\(name)") ?? Data(), as: UTF8.self)
    }

    func remove() throws { try FileManager.default.removeItem(atPath: path) }

    func plugin(_ members: JSONValue = [:], cluster: JSONValue = [:], isUnattended: Bool = false) throws -> ExecPlugin {
        var exec: JSONValue = [
            "command": .string("\(path)/plugin"), "apiVersion": "client.authentication.k8s.io/v1", "interactiveMode": "Never",
        ]
        for member in members.objectValue ?? [:] { exec[member.name] = member.value }
        return try ExecPlugin(exec, user: "bob", cluster: cluster, isUnattended: isUnattended)
    }

    /// What a plugin prints: an ExecCredential with this status.
    static func printing(_ status: String) -> String {
        #"echo '{"apiVersion":"client.authentication.k8s.io/v1","kind":"ExecCredential","status":\#(status)}'"#
    }
}
