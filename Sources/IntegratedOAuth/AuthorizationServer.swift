/// The built-in OAuth server's behaviour: passwords in, codes and tokens out. It knows no HTTP.
package struct AuthorizationServer: Sendable {
    private let objects: any OAuthObjects
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970.
    package init(objects: any OAuthObjects, now: @escaping @Sendable () -> Int64) {
        self.objects = objects
        self.now = now
    }

    package enum Login: Sendable {
        /// The code for the client's redirect address.
        case granted(OAuthSecret)
        /// Wrong name or password, or a user that may not be claimed; `log` says which.
        case refused(log: String)
    }

    package func client(named name: String?) async throws -> RegisteredClient? {
        guard let name else { return nil }
        return try await objects.client(named: name)
    }

    /// Asks the providers in their order; the first that knows the password decides.
    package func logIn(user: String, password: String, for request: AuthorizeRequest) async throws -> Login {
        for provider in try await objects.passwordProviders() {
            // A hash takes tens of milliseconds on purpose: not on the thread on which other connections wait.
            let isTheirs = await withTaskExecutorPreference(globalConcurrentExecutor) {
                provider.users.verify(user: user, password: password)
            }
            guard isTheirs else { continue }
            switch try await mappedUser(name: user, provider: provider) {
            case .success(let account): return .granted(try await issueCode(for: account, request: request))
            case .failure(let problem): return .refused(log: problem.text)
            }
        }
        return .refused(log: "no identity provider takes this name and password")
    }

    /// Exchanges a code. The code is removed before the token is made, so of two exchanges at once only one succeeds.
    package func exchange(_ request: TokenRequest) async throws -> (token: OAuthSecret, record: AccessToken) {
        guard let code = try await objects.code(named: request.code.objectName) else {
            throw OAuthError(.invalidGrant, "the code is not valid")
        }
        let client = try await objects.client(named: request.clientID)
        try checkGrant(request, client: client, code: code, now: now())
        guard try await objects.removeCode(named: code.objectName) else {
            throw OAuthError(.invalidGrant, "the code is not valid")
        }
        let token = OAuthSecret.generate()
        let configuredAge = try await objects.accessTokenMaxAgeSeconds()
        let record = AccessToken(
            objectName: token.objectName,
            clientName: code.clientName,
            userName: code.userName,
            userUID: code.userUID,
            scopes: code.scopes,
            redirectURI: code.redirectURI,
            authorizeToken: code.objectName,
            expiresIn: client?.accessTokenMaxAgeSeconds ?? configuredAge ?? AccessToken.defaultLifetimeSeconds,
            inactivityTimeoutSeconds: client?.accessTokenInactivityTimeoutSeconds
        )
        try await objects.record(record)
        return (token, record)
    }

    // MARK: - Steps

    private struct MappingProblem: Error { let text: String }

    private func mappedUser(name: String, provider: PasswordProvider) async throws -> Result<OAuthUser, MappingProblem> {
        let identity = "\(provider.name):\(name)"
        let owner = try await objects.user(ofIdentity: identity)
        let namesake = try await objects.user(named: name)
        switch mapIdentity(identity, preferredName: name, method: provider.mappingMethod, owner: owner, namesake: namesake) {
        case .existing(let user): return .success(user)
        case .claim(let userName):
            return .success(
                try await objects.claim(
                    userNamed: userName,
                    identity: identity,
                    provider: provider.name,
                    providerUserName: name
                )
            )
        case .refused(let text): return .failure(MappingProblem(text: text))
        }
    }

    private func issueCode(for user: OAuthUser, request: AuthorizeRequest) async throws -> OAuthSecret {
        let code = OAuthSecret.generate()
        try await objects.record(
            AuthorizationCode(
                objectName: code.objectName,
                clientName: request.client.name,
                userName: user.name,
                userUID: user.uid,
                scopes: request.scopes,
                redirectURI: request.requestedRedirectURI,
                challenge: request.challenge,
                state: request.state,
                expiresAt: now() + AuthorizationCode.lifetimeSeconds
            )
        )
        return code
    }
}
