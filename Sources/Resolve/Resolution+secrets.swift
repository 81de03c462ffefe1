import Authenticator
import Foundation
import JSON
import Schema
import Snapshot

// MARK: - The webhook

extension Resolution {
    static let kubeconfigKey = "kubeConfig"
    static let clientSecretKey = "clientSecret"
    private static let builtInReviewer = "webhook-authentication-integrated-oauth"

    /// The reference to the kubeconfig of `webhookTokenAuthenticator`, once it is known to be one.
    mutating func webhook(of spec: Authentication.Spec, _ objects: ReferencedObjects) -> SecretReference? {
        guard let name = spec.webhookTokenAuthenticator?.kubeConfig.name, !name.isEmpty else { return nil }
        let place = "\(ObjectID.configNamespace)/\(name)"
        let field = "spec.webhookTokenAuthenticator.kubeConfig"
        guard objects.contains(.secret(name)) else {
            // OpenShift's operator names its own OAuth API server here; the workers know the built-in server's tokens themselves.
            if name == Self.builtInReviewer { return nil }
            report(
                "failed to get secret \(place): secret \"\(name)\" not found",
                "secret \(place), named in \(field), does not exist; create it with the key \(Self.kubeconfigKey)"
            )
            return nil
        }
        do throws(ReviewerConfiguration.Problem) {
            try Self.checkKubeconfig(objects.secretBytes(Self.kubeconfigKey, of: .secret(name)))
        } catch {
            report(
                "secret \(place) is invalid: \(error)",
                "secret \(place), named in \(field), cannot be used: \(error); put a kubeconfig with all it needs in its key "
                    + Self.kubeconfigKey
            )
            return nil
        }
        return objects.secretReference(name, key: Self.kubeconfigKey)
    }

    private static func checkKubeconfig(_ bytes: [UInt8]?) throws(ReviewerConfiguration.Problem) {
        guard let bytes else { throw .init(messages: ["missing required 'kubeConfig' key"]) }
        guard !bytes.isEmpty else { throw .init(messages: ["the 'kubeConfig' key is empty"]) }
        let documents: [Manifest]
        do {
            documents = try ManifestReader.read(bytes, source: "kubeConfig")
        } catch {
            // The reader's message may quote the text, which is a secret.
            throw .init(messages: ["failed to load kubeconfig: it is not YAML"])
        }
        guard documents.count == 1, let document = documents.first?.value, document.objectValue != nil else {
            throw .init(messages: ["failed to load kubeconfig: it is not one map"])
        }
        _ = try ReviewerConfiguration(kubeconfig: document)
    }
}

// MARK: - Sources of claims

extension Resolution {
    mutating func claimsSources(
        of provider: Authentication.OIDCProvider,
        at path: String,
        _ objects: ReferencedObjects
    ) -> [Snapshot.ExternalClaimsSource]? {
        guard let sources = provider.externalClaimsSources, !sources.isEmpty else { return nil }
        return sources.enumerated().map { index, source in
            let path = "\(path).externalClaimsSources[\(index)]"
            let owner = "externalClaimsSources[\(index)] of provider \"\(provider.name)\""
            return Snapshot.ExternalClaimsSource(
                hostname: source.url.hostname,
                pathExpression: source.url.pathExpression,
                proof: proof(of: source.authentication, owner, at: "\(path).authentication", objects),
                certificateAuthority: authority(source.tls, owner, at: "\(path).tls.certificateAuthority", objects),
                mappings: source.mappings.map { .init(name: $0.name, expression: $0.expression) },
                predicates: (source.predicates ?? []).map(\.expression)
            )
        }
    }

    private mutating func proof(
        of authentication: Authentication.ExternalClaimsSource.Proof?,
        _ owner: String,
        at path: String,
        _ objects: ReferencedObjects
    ) -> Snapshot.ExternalClaimsSource.Proof {
        switch (authentication?.type, authentication?.clientCredential) {
        case (nil, _): return .none
        case (.requestProvidedToken, _): return .requestProvidedToken
        case (.clientCredential, nil):
            report("clientCredential of \(owner) is not set", "\(path).clientCredential is missing")
            return .none
        case (.clientCredential, let credential?):
            let field = "\(path).clientCredential"
            guard let secret = clientSecret(credential.clientSecret.name, owner, at: "\(field).clientSecret", objects) else {
                return .none
            }
            return .clientCredential(
                .init(
                    clientID: credential.clientID,
                    secret: secret,
                    tokenEndpoint: credential.tokenEndpoint,
                    scopes: credential.scopes ?? [],
                    certificateAuthority: authority(credential.tls, owner, at: "\(field).tls.certificateAuthority", objects)
                )
            )
        }
    }

    private mutating func clientSecret(
        _ name: String,
        _ owner: String,
        at path: String,
        _ objects: ReferencedObjects
    ) -> SecretReference? {
        let hasKey = objects.secretBytes(Self.clientSecretKey, of: .secret(name))?.isEmpty == false
        guard requireClientSecret(name, of: owner, named: "in \(path)", hasKey: hasKey, objects) else { return nil }
        return objects.secretReference(name, key: Self.clientSecretKey)
    }

    /// Whether the secret and its key are there; what is missing is reported.
    ///
    /// - Parameter place: where the secret is named: `in spec.…`.
    @discardableResult
    mutating func requireClientSecret(
        _ name: String,
        of owner: String,
        named place: String,
        hasKey: Bool,
        _ objects: ReferencedObjects
    ) -> Bool {
        let secret = "secret \(ObjectID.configNamespace)/\(name), named \(place),"
        guard objects.contains(.secret(name)) else {
            report(
                "could not retrieve client secret \(ObjectID.configNamespace)/\(name) of \(owner): secret \"\(name)\" not found",
                "\(secret) does not exist; create it with the key \(Self.clientSecretKey)"
            )
            return false
        }
        guard hasKey else {
            report(
                "missing the '\(Self.clientSecretKey)' key in the client secret secret \"\(name)\"",
                "\(secret) has no key \(Self.clientSecretKey); add it"
            )
            return false
        }
        return true
    }

    private mutating func authority(
        _ tls: Authentication.ExternalClaimsSource.TLS?,
        _ owner: String,
        at path: String,
        _ objects: ReferencedObjects
    ) -> String? {
        guard let name = tls?.certificateAuthority.name, !name.isEmpty else { return nil }
        return authority(named: name, prefix: "getting CertificateAuthority for \(owner): ", what: "CA", at: path, objects)
    }
}

extension ReferencedObjects {
    /// An entry of a secret's `data`; nil when there is none or it is not base64.
    func secretBytes(_ key: String, of id: ObjectID) -> [UInt8]? {
        text(key, of: id).flatMap { Data(base64Encoded: $0) }.map { Array($0) }
    }

    /// The version has the uid too: a secret that was deleted and created again is another one.
    func secretReference(_ name: String, key: String) -> SecretReference? {
        stamp(of: .secret(name)).map { SecretReference(name: name, key: key, version: $0) }
    }
}
