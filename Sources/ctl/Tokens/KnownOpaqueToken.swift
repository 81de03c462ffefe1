import Authenticator
import Client
import JSON

/// What the server knows about one token of the built-in OAuth server, as a worker would find it in its table.
enum KnownOpaqueToken: OpaqueTokenLookup, Hashable {
    /// There is no server to ask: the token may be a good one.
    case notLookedUp
    /// The server has no such token.
    case unknown
    case known(OpaqueToken)

    func find(hashName: String) throws(OpaqueTokensUnavailable) -> OpaqueToken? {
        switch self {
        case .notLookedUp: throw OpaqueTokensUnavailable()
        case .unknown: nil
        case .known(let token): token
        }
    }

    /// Asks the server for the object that stands for a token, for its user and for the user's groups.
    static func lookUp(_ token: String, _ client: ControllerClient) async throws -> KnownOpaqueToken {
        guard let name = LoginContext.tokenName(token) else { return .unknown }
        let path = ResourcePath("oauth.openshift.io/v1", "oauthaccesstokens", name: name)
        guard let object = try await client.find(path), let userName = object["userName"]?.stringValue,
            let user = try await client.find(ResourcePath("user.openshift.io/v1", "users", name: userName))
        else { return .unknown }
        let groups = try await client.list(ResourcePath("user.openshift.io/v1", "groups")).items
        return KnownOpaqueToken(object, of: user, in: groups)
    }

    /// - Parameter groups: all there are.
    init(_ object: JSONValue, of user: JSONValue, in groups: [JSONValue]) {
        let userName = object["userName"]?.stringValue ?? ""
        let uid = user.value(at: "metadata", "uid")?.stringValue ?? ""
        // A token whose user was deleted and made anew is nobody's.
        guard !uid.isEmpty, uid.hasSameBytes(as: object["userUID"]?.stringValue ?? "") else {
            self = .unknown
            return
        }
        let memberships = groups.filter { $0["users"].stringValues.contains { $0.hasSameBytes(as: userName) } }
        let names = user["groups"].stringValues + memberships.compactMap { $0.value(at: "metadata", "name")?.stringValue }
        self = .known(
            OpaqueToken(
                userName: userName,
                userUID: uid,
                groups: Set(names.map(ExactString.init)).map(\.text).sorted(),
                scopes: object["scopes"].stringValues,
                expiresAt: OpaqueToken.expiry(of: object),
                clientName: object["clientName"]?.stringValue ?? ""
            )
        )
    }
}
