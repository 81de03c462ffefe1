import Client
import Crypto
import Foundation
import JSON
import Logging
import ServiceLifecycle

/// Sees to it that the three clients which `oc` and `ctl` expect are registered, with this server's addresses.
struct BuiltInClients: Service {
    let client: ControllerClient
    /// The server's address, without a slash at the end.
    let issuer: String
    let logger: Logger

    /// Tries until it has succeeded, then waits for the end: the group's other services go on meanwhile.
    func run() async throws {
        var pause = Duration.milliseconds(100)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            do {
                for wanted in objects { try await ensure(wanted) }
                break
            } catch {
                logger.warning("the built-in clients are not registered yet", metadata: ["error": "\(error)"])
                // A pause that ends early because the group stops is no failure; the loop looks at the reason itself.
                try? await cancelWhenGracefulShutdown { [pause] in try await Task.sleep(for: pause) }
                pause = min(pause * 2, .seconds(5))
            }
        }
        try? await gracefulShutdown()
    }

    private var objects: [JSONValue] {
        [
            object("openshift-challenging-client", [issuer + "/oauth/token/implicit"], ["respondWithChallenges": true]),
            object("openshift-browser-client", [issuer + "/oauth/token/display"], [:]),
            object("openshift-cli-client", ["http://127.0.0.1/callback", "http://[::1]/callback"], [:]),
        ]
    }

    private func object(_ name: String, _ redirectURIs: [String], _ more: JSONObject) -> JSONValue {
        var object: JSONValue = [
            "apiVersion": "oauth.openshift.io/v1", "kind": "OAuthClient", "metadata": ["name": .string(name)],
            "redirectURIs": .array(redirectURIs.map(JSONValue.string)), "grantMethod": "auto",
        ]
        for (name, value) in more { object[name] = value }
        return object
    }

    private func ensure(_ wanted: JSONValue) async throws {
        guard let name = wanted.value(at: "metadata", "name")?.stringValue else { return }
        let path = ResourcePath("oauth.openshift.io/v1", "oauthclients", name: name)
        guard let found = try await client.find(path) else {
            var fresh = wanted
            // The browser's client is confidential: this server is its only user and needs no copy of the secret.
            if name == "openshift-browser-client" { fresh["secret"] = .string(Self.randomSecret()) }
            _ = try await client.create(ResourcePath("oauth.openshift.io/v1", "oauthclients"), fresh)
            return
        }
        // An administrator may change everything else about them.
        if found["redirectURIs"] != wanted["redirectURIs"] {
            _ = try await client.patch(path, merging: ["redirectURIs": wanted["redirectURIs"] ?? []])
        }
    }

    private static func randomSecret() -> String {
        SymmetricKey(size: .bits256).withUnsafeBytes { Data($0).base64EncodedString() }
    }
}
