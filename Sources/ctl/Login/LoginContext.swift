import Authenticator
import Client
import Foundation
import JSON

/// What a login leaves in the kubeconfig, named as `oc` names it.
enum LoginContext {
    /// `https://api.example.com:6443` becomes `api-example-com:6443`.
    static func nickname(_ server: String) -> String {
        (server.components(separatedBy: "://").last ?? server).replacing(".", with: "-").replacing("/", with: "-")
    }

    static func name(server: String, user: String, namespace: String? = nil) -> String {
        "\(namespace ?? "default")/\(nickname(server))/\(user)"
    }

    static func edits(
        server: String,
        user: String,
        token: SecretText,
        trust: ClientConfiguration.Trust,
        namespace: String?
    ) -> [KubeconfigFiles.Edit] {
        let cluster = nickname(server)
        let userName = "\(user)/\(cluster)"
        var place: JSONValue = ["server": .string(server)]
        switch trust {
        case .system: break
        case .roots(let pem): place["certificate-authority-data"] = .string(Data(pem).base64EncodedString())
        case .anyone: place["insecure-skip-tls-verify"] = true
        }
        let context = name(server: server, user: user, namespace: namespace)
        let joined: JSONValue = [
            "cluster": .string(cluster), "namespace": .string(namespace ?? "default"), "user": .string(userName),
        ]
        return [
            .set(.clusters, name: cluster, place),
            .set(.users, name: userName, ["token": .string(token.expose())]),
            .set(.contexts, name: context, joined),
            .currentContext(context),
        ]
    }

    /// A kubeconfig whose only context is a known cluster of this address, so that its authority need not be named again.
    static func remembering(_ server: String, in kubeconfig: Kubeconfig) -> Kubeconfig {
        var known = Kubeconfig()
        let name = kubeconfig.names(.clusters).first { kubeconfig[.clusters, $0]?["server"]?.stringValue == server }
        guard let name, let cluster = kubeconfig[.clusters, name] else { return known }
        known[.clusters, name] = cluster
        known[.contexts, name] = ["cluster": .string(name), "user": ""]
        known.currentContext = name
        return known
    }

    /// The name of the object that stands for a token of the built-in server; nil for other tokens.
    static func tokenName(_ token: String) -> String? {
        guard token.hasPrefix("sha256~") else { return nil }
        return TokenAuthenticator.objectName(ofOpaque: token.utf8)
    }
}

extension Data {
    /// RFC 4648, section 5, without padding.
    var base64URLEncoded: String {
        base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
