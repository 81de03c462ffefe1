import Foundation
package import JSON
package import Snapshot

/// The kubeconfig of `webhookTokenAuthenticator`, read: where the reviewer is, whom to trust there, and who we are to it.
///
/// It must hold one cluster, one user and one context, and everything in itself: it is used on machines where no file of its author is.
package struct ReviewerConfiguration: Hashable, Sendable {
    package enum Credential: Hashable, Sendable {
        case token(Secret)
        case password(user: String, Secret)
        /// A certificate chain and its key, in PEM.
        case certificate(chain: [UInt8], key: Secret)
    }

    /// All that is wrong, in the words of OpenShift's operator where it has some.
    package struct Problem: Error, Hashable, CustomStringConvertible {
        package let messages: [String]

        package init(messages: [String]) { self.messages = messages }

        package var description: String { messages.joined(separator: ", ") }
    }

    /// The address that reviews are posted to: the cluster's `server`, as it stands.
    package let url: String
    /// PEM; nil: the system's trust.
    package let certificateAuthority: String?
    package let credential: Credential

    /// - Parameter document: the kubeconfig, read from YAML or JSON.
    package init(kubeconfig document: JSONValue) throws(Problem) {
        var reading = Reading(document)
        let cluster = reading.only("clusters", member: "cluster", else: "expected a single cluster")
        let user = reading.only("users", member: "user", else: "expected a single user")
        reading.checkContext(cluster: cluster?.name, user: user?.name)
        let address = cluster.flatMap { reading.address(of: $0.value, at: "clusters[\($0.name)]") }
        let authority = cluster.flatMap { reading.authority(of: $0.value, at: "clusters[\($0.name)]") }
        let credential = user.flatMap { reading.credential(of: $0.value, at: "users[\($0.name)]") }
        guard reading.problems.isEmpty, let address, let credential else { throw Problem(messages: reading.problems) }
        (url, certificateAuthority, self.credential) = (address, authority, credential)
    }
}

/// Looks at a kubeconfig piece by piece and collects what is wrong.
private struct Reading {
    private let document: JSONValue
    private(set) var problems: [String] = []

    init(_ document: JSONValue) { self.document = document }

    mutating func only(_ section: String, member: String, else message: String) -> (name: String, value: JSONValue)? {
        let entries = document[section]?.arrayValue ?? []
        guard entries.count == 1, let entry = entries.first else {
            problems.append("\(section): Invalid value: \(message)")
            return nil
        }
        return (entry["name"]?.stringValue ?? "", entry[member] ?? [:])
    }

    mutating func checkContext(cluster: String?, user: String?) {
        let current = document["current-context"]?.stringValue ?? ""
        if current.isEmpty { problems.append("current-context: Required value") }
        guard let context = only("contexts", member: "context", else: "expected a single value") else { return }
        guard context.name.utf8.elementsEqual(current.utf8) else {
            if !current.isEmpty {
                problems.append("current-context: Invalid value: does not appear to be present in the 'contexts' field")
            }
            return
        }
        for (member, section, name) in [("user", "users", user), ("cluster", "clusters", cluster)] {
            guard let name, context.value[member]?.stringValue?.utf8.elementsEqual(name.utf8) != true else { continue }
            problems.append("contexts[\(context.name)].\(member): Invalid value: this value cannot be found in '\(section)'")
        }
    }

    mutating func address(of cluster: JSONValue, at path: String) -> String? {
        guard let server = text("server", of: cluster) else {
            problems.append("\(path).server: Required value")
            return nil
        }
        do throws(EndpointURL.Problem) {
            return try EndpointURL(server, namedBy: server).text
        } catch {
            problems.append("\(path).server: Invalid value: \(error)")
            return nil
        }
    }

    mutating func authority(of cluster: JSONValue, at path: String) -> String? {
        redirect("certificate-authority", to: "certificate-authority-data", of: cluster, at: path)
        if cluster["insecure-skip-tls-verify"] == true {
            problems.append(
                "\(path).insecure-skip-tls-verify: Invalid value: tokens are not sent to a server that proves nothing"
            )
        }
        if text("tls-server-name", of: cluster) != nil || text("proxy-url", of: cluster) != nil {
            problems.append("\(path): Invalid value: tls-server-name and proxy-url are not supported")
        }
        return data("certificate-authority-data", of: cluster, at: path).map { String(decoding: $0, as: UTF8.self) }
    }

    mutating func credential(of user: JSONValue, at path: String) -> ReviewerConfiguration.Credential? {
        redirect("client-certificate", to: "client-certificate-data", of: user, at: path)
        redirect("client-key", to: "client-key-data", of: user, at: path)
        redirect("tokenFile", to: "token", of: user, at: path)
        if let name = text("username", of: user) {
            guard let password = text("password", of: user) else {
                problems.append("\(path).password: Required value: required when 'username' is set")
                return nil
            }
            return .password(user: name, Secret(Array(password.utf8)))
        }
        if let chain = data("client-certificate-data", of: user, at: path) {
            guard let key = data("client-key-data", of: user, at: path) else {
                problems.append("\(path).client-key-data: Required value: required when 'client-certificate-data' is set")
                return nil
            }
            return .certificate(chain: chain, key: Secret(key))
        }
        if let token = text("token", of: user) {
            // Nothing else may follow it into the header.
            if token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) { return .token(Secret(Array(token.utf8))) }
            problems.append("\(path).token: Invalid value: has characters that no token has")
            return nil
        }
        problems.append("\(path): Required value: at least one authentication mechanism needs to be configured")
        return nil
    }

    private mutating func redirect(_ name: String, to other: String, of entry: JSONValue, at path: String) {
        guard text(name, of: entry) != nil else { return }
        problems.append(
            "\(path).\(name): Invalid value: use \"\(path).\(other)\" with the direct content of the file instead"
        )
    }

    private func text(_ name: String, of entry: JSONValue) -> String? {
        entry[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 }
    }

    private mutating func data(_ name: String, of entry: JSONValue, at path: String) -> [UInt8]? {
        guard let text = text(name, of: entry) else { return nil }
        guard let data = Data(base64Encoded: text, options: .ignoreUnknownCharacters), !data.isEmpty else {
            problems.append("\(path).\(name): Invalid value: is not base64")
            return nil
        }
        return Array(data)
    }
}
