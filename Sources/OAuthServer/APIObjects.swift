import Client
import Foundation
import IntegratedOAuth
import JSON

/// The OAuth server's objects, read and written through the controller's API at each use: a login is rare, and always sees the latest.
struct APIObjects: OAuthObjects {
    private static let oauth = "oauth.openshift.io/v1"
    private static let user = "user.openshift.io/v1"
    private static let config = "config.openshift.io/v1"
    private static let configNamespace = "openshift-config"

    let client: ControllerClient

    // MARK: - Configuration

    func client(named name: String) async throws -> RegisteredClient? {
        guard let object = try await client.find(ResourcePath(Self.oauth, "oauthclients", name: name)) else { return nil }
        let secrets = [object["secret"]?.stringValue].compactMap { $0 } + object["additionalSecrets"].stringValues
        return RegisteredClient(
            name: name,
            secrets: secrets.filter { !$0.isEmpty },
            redirectURIs: object["redirectURIs"].stringValues,
            respondWithChallenges: object["respondWithChallenges"]?.boolValue ?? false,
            accessTokenMaxAgeSeconds: object["accessTokenMaxAgeSeconds"]?.integerValue,
            accessTokenInactivityTimeoutSeconds: object["accessTokenInactivityTimeoutSeconds"]?.integerValue
        )
    }

    func passwordProviders() async throws -> [PasswordProvider] {
        var providers: [PasswordProvider] = []
        for entry in try await oauthSpec()?["identityProviders"]?.arrayValue ?? [] {
            guard entry["type"]?.stringValue == "HTPasswd", let name = entry["name"]?.stringValue,
                let secretName = entry.value(at: "htpasswd", "fileData", "name")?.stringValue
            else { continue }
            let method = entry["mappingMethod"]?.stringValue.flatMap(PasswordProvider.MappingMethod.init(rawValue:)) ?? .claim
            providers.append(PasswordProvider(name: name, mappingMethod: method, users: Htpasswd(try await file(secretName))))
        }
        return providers
    }

    func accessTokenMaxAgeSeconds() async throws -> Int64? {
        try await oauthSpec()?.value(at: "tokenConfig", "accessTokenMaxAgeSeconds")?.integerValue.flatMap { $0 > 0 ? $0 : nil }
    }

    private func oauthSpec() async throws -> JSONValue? {
        try await client.find(ResourcePath(Self.config, "oauths", name: "cluster"))?["spec"]
    }

    /// The text of an htpasswd file in a secret; empty when the secret or its key is missing, so that nobody gets in by it.
    private func file(_ secretName: String) async throws -> String {
        let path = ResourcePath("v1", "secrets", namespace: Self.configNamespace, name: secretName)
        guard let encoded = try await client.find(path)?.value(at: "data", "htpasswd")?.stringValue,
            let data = Data(base64Encoded: encoded)
        else { return "" }
        return String(decoding: data, as: UTF8.self)
    }

    // MARK: - Users

    func user(named name: String) async throws -> OAuthUser? {
        try await client.find(ResourcePath(Self.user, "users", name: name)).flatMap(Self.account)
    }

    func user(ofIdentity identity: String) async throws -> OAuthUser? {
        guard let object = try await client.find(ResourcePath(Self.user, "identities", name: identity)),
            let name = object.value(at: "user", "name")?.stringValue, let account = try await user(named: name)
        else { return nil }
        // An identity of a user that was deleted and made anew is not the new user's.
        guard let uid = object.value(at: "user", "uid")?.stringValue, uid == account.uid else { return nil }
        return account
    }

    func claim(userNamed name: String, identity: String, provider: String, providerUserName: String) async throws -> OAuthUser {
        let account = try await ensureUser(named: name, identity: identity)
        let object: JSONValue = [
            "apiVersion": .string(Self.user), "kind": "Identity", "metadata": ["name": .string(identity)],
            "providerName": .string(provider), "providerUserName": .string(providerUserName),
            "user": ["name": .string(account.name), "uid": .string(account.uid)],
        ]
        let path = ResourcePath(Self.user, "identities", name: identity)
        if try await client.find(path) != nil {
            _ = try await client.patch(path, merging: ["user": object["user"] ?? .null])
        } else {
            _ = try await client.create(ResourcePath(Self.user, "identities"), object)
        }
        return account
    }

    /// Makes the user, or adds the identity to it; of two logins at once one meets the other's user.
    private func ensureUser(named name: String, identity: String) async throws -> OAuthUser {
        let path = ResourcePath(Self.user, "users", name: name)
        for _ in 0..<5 {
            do {
                guard let object = try await client.find(path) else {
                    let fresh: JSONValue = [
                        "apiVersion": .string(Self.user), "kind": "User", "metadata": ["name": .string(name)],
                        "identities": [.string(identity)],
                    ]
                    return try Self.known(try await client.create(ResourcePath(Self.user, "users"), fresh))
                }
                let account = try Self.known(object)
                if account.identities.contains(identity) { return account }
                var changed = object
                changed["identities"] = .array((account.identities + [identity]).map(JSONValue.string))
                return try Self.known(try await client.update(path, changed))
            } catch let failure as APIFailure where failure.isAlreadyExists || failure.isConflict {
                continue
            }
        }
        throw APIFailure(code: 409, reason: "Conflict", message: "the user changes faster than it can be read")
    }

    private static func known(_ object: JSONValue) throws -> OAuthUser {
        guard let account = account(object) else {
            throw APIFailure(code: 500, reason: "InternalError", message: "a user without uid")
        }
        return account
    }

    private static func account(_ object: JSONValue) -> OAuthUser? {
        guard let name = object.value(at: "metadata", "name")?.stringValue,
            let uid = object.value(at: "metadata", "uid")?.stringValue
        else { return nil }
        return OAuthUser(name: name, uid: uid, identities: object["identities"].stringValues)
    }

    // MARK: - Codes and tokens

    func record(_ code: AuthorizationCode) async throws {
        var object: JSONValue = [
            "apiVersion": .string(Self.oauth), "kind": "OAuthAuthorizeToken", "metadata": ["name": .string(code.objectName)],
            "clientName": .string(code.clientName), "userName": .string(code.userName), "userUID": .string(code.userUID),
            "scopes": .array(code.scopes.map(JSONValue.string)), "expiresIn": .integer(AuthorizationCode.lifetimeSeconds),
            "codeChallenge": .string(code.challenge.text), "codeChallengeMethod": "S256",
        ]
        object["redirectURI"] = code.redirectURI.map(JSONValue.string)
        object["state"] = code.state.map(JSONValue.string)
        _ = try await client.create(ResourcePath(Self.oauth, "oauthauthorizetokens"), object)
    }

    func code(named objectName: String) async throws -> AuthorizationCode? {
        let path = ResourcePath(Self.oauth, "oauthauthorizetokens", name: objectName)
        guard let object = try await client.find(path), let created = creation(object),
            let challenge = object["codeChallenge"]?.stringValue.flatMap(CodeChallenge.init),
            let clientName = object["clientName"]?.stringValue, let userName = object["userName"]?.stringValue,
            let userUID = object["userUID"]?.stringValue
        else { return nil }
        // Whatever the object says, a code of ours never lives longer.
        let lifetime = min(max(object["expiresIn"]?.integerValue ?? 0, 0), AuthorizationCode.lifetimeSeconds)
        return AuthorizationCode(
            objectName: objectName,
            clientName: clientName,
            userName: userName,
            userUID: userUID,
            scopes: object["scopes"].stringValues,
            redirectURI: object["redirectURI"]?.stringValue,
            challenge: challenge,
            state: object["state"]?.stringValue,
            expiresAt: created + lifetime
        )
    }

    func removeCode(named objectName: String) async throws -> Bool {
        try await remove(ResourcePath(Self.oauth, "oauthauthorizetokens", name: objectName))
    }

    func record(_ token: AccessToken) async throws {
        var object: JSONValue = [
            "apiVersion": .string(Self.oauth), "kind": "OAuthAccessToken", "metadata": ["name": .string(token.objectName)],
            "clientName": .string(token.clientName), "userName": .string(token.userName), "userUID": .string(token.userUID),
            "scopes": .array(token.scopes.map(JSONValue.string)), "expiresIn": .integer(token.expiresIn),
            "authorizeToken": .string(token.authorizeToken),
        ]
        object["redirectURI"] = token.redirectURI.map(JSONValue.string)
        object["inactivityTimeoutSeconds"] = token.inactivityTimeoutSeconds.map(JSONValue.integer)
        _ = try await client.create(ResourcePath(Self.oauth, "oauthaccesstokens"), object)
    }

    private func remove(_ path: ResourcePath) async throws -> Bool {
        do {
            try await client.delete(path)
            return true
        } catch let failure as APIFailure where failure.isNotFound {
            return false
        }
    }

    /// nil for a text that is no date: the caller then treats the code as unknown.
    private func creation(_ object: JSONValue) -> Int64? {
        object.value(at: "metadata", "creationTimestamp")?.stringValue.flatMap(Timestamp.seconds)
    }
}
