import Foundation
package import JSON

/// A program that gives a user's credentials: `users[].user.exec` of a kubeconfig (client.authentication.k8s.io/v1 and v1beta1).
package struct ExecPlugin: Sendable {
    /// Whether the plugin may ask the person who types.
    enum InteractiveMode: String, Sendable {
        case never = "Never"
        case ifAvailable = "IfAvailable"
        case always = "Always"
    }

    private static let group = "client.authentication.k8s.io"

    let command: String
    let arguments: [String]
    let environment: [(name: String, value: String)]
    let apiVersion: String
    let installHint: String?
    let interactiveMode: InteractiveMode
    /// What the plugin is told about the server; nil where it did not ask for that.
    let cluster: JSONValue?
    /// Nobody is there to be asked, and what the plugin says would disturb: the shell completes a line.
    let isUnattended: Bool

    /// - Parameters:
    ///   - exec: the entry's content.
    ///   - user: whose it is, for messages.
    ///   - cluster: what can be told about the server.
    package init(_ exec: JSONValue, user: String, cluster: JSONValue = [:], isUnattended: Bool = false)
        throws(InvalidKubeconfig)
    {
        func required(_ name: String) throws(InvalidKubeconfig) -> String {
            if let text = exec[name]?.stringValue, !text.isEmpty { return text }
            throw InvalidKubeconfig("\(name) must be specified for \(user) to use exec authentication plugin")
        }
        command = try required("command")
        apiVersion = try required("apiVersion")
        guard [Self.apiVersion("v1"), Self.apiVersion("v1beta1")].contains(apiVersion) else {
            throw InvalidKubeconfig("exec plugin: invalid apiVersion \"\(apiVersion)\"")
        }
        // v1beta1 had no such word at first.
        let usual = apiVersion == Self.apiVersion("v1beta1") ? InteractiveMode.ifAvailable.rawValue : nil
        let given = exec["interactiveMode"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } ?? usual
        let mode = if let given { given } else { try required("interactiveMode") }
        guard let interactiveMode = InteractiveMode(rawValue: mode) else {
            throw InvalidKubeconfig("invalid interactiveMode for \(user): \"\(mode)\"")
        }
        self.interactiveMode = interactiveMode
        arguments = try Self.texts(exec["args"], of: user)
        environment = try Self.variables(exec["env"], of: user)
        installHint = exec["installHint"]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
        self.cluster = exec["provideClusterInfo"]?.boolValue == true ? cluster : nil
        self.isUnattended = isUnattended
    }

    /// The value of `KUBERNETES_EXEC_INFO`; a line, as kubectl has it.
    func question(isInteractive: Bool) -> String {
        var spec: JSONValue = ["interactive": .bool(isInteractive)]
        if let cluster { spec["cluster"] = cluster }
        let question: JSONValue = ["kind": "ExecCredential", "apiVersion": .string(apiVersion), "spec": spec]
        return JSONWriter.text(of: question) + "\n"
    }

    static func apiVersion(_ version: String) -> String { "\(group)/\(version)" }

    private static func texts(_ list: JSONValue?, of user: String) throws(InvalidKubeconfig) -> [String] {
        guard let list, !list.isNull else { return [] }
        let texts = list.stringValues
        guard texts.count == list.arrayValue?.count else {
            throw InvalidKubeconfig("args of the exec plugin of \(user) are not a list of texts")
        }
        return texts
    }

    private static func variables(_ list: JSONValue?, of user: String) throws(InvalidKubeconfig) -> [(
        name: String, value: String
    )] {
        var variables: [(name: String, value: String)] = []
        for entry in list?.arrayValue ?? [] {
            guard let name = entry["name"]?.stringValue, !name.isEmpty else {
                throw InvalidKubeconfig("env variable name must be specified for \(user) to use exec authentication plugin")
            }
            variables.append((name, entry["value"]?.stringValue ?? ""))
        }
        return variables
    }
}
