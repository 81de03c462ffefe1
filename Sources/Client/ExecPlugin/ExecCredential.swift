import Foundation
import JSON
import NIOSSL

/// What a plugin gave: a token, a certificate, or both, and until when they may be used.
package struct ExecCredential: Sendable {
    package let token: SecretText?
    let certificate: ClientConfiguration.Credential?
    /// To tell whether the plugin gave something new.
    private let material: [SecretText]
    /// Seconds since 1970; nil: for as long as we run.
    let expiration: Int64?

    /// Reads what the plugin printed; nothing of it is ever quoted, since all of it may be secret.
    init(_ output: [UInt8], of plugin: ExecPlugin) throws(ExecPluginFailure) {
        let document: JSONValue
        do {
            document = try JSONParser.parse(output)
        } catch {
            throw ExecPluginFailure("decoding stdout: it is not JSON")
        }
        guard document["kind"]?.stringValue == "ExecCredential", let version = document["apiVersion"]?.stringValue else {
            throw ExecPluginFailure("decoding stdout: it is not an ExecCredential")
        }
        guard version == plugin.apiVersion else {
            let known = ["v1", "v1beta1", "v1alpha1"].map(ExecPlugin.apiVersion).contains(version)
            throw ExecPluginFailure(
                "exec plugin is configured to use API version \(plugin.apiVersion), plugin returned version \(known ? version : "unknown")"
            )
        }
        guard let status = document["status"], status.objectValue != nil else {
            throw ExecPluginFailure("exec plugin didn't return a status field")
        }
        func text(_ name: String) -> String? { status[name]?.stringValue.flatMap { $0.isEmpty ? nil : $0 } }
        token = text("token").map { SecretText($0) }
        switch (text("clientCertificateData"), text("clientKeyData")) {
        case (.some(let chain), .some(let key)): certificate = try Self.certificate(chain: chain, key: key)
        case (.none, .none): certificate = nil
        default: throw ExecPluginFailure("exec plugin returned only certificate or key, not both")
        }
        material = ["token", "clientCertificateData", "clientKeyData"].map { SecretText(text($0) ?? "") }
        guard token != nil || certificate != nil else {
            throw ExecPluginFailure("exec plugin didn't return a token or cert/key pair")
        }
        expiration = try Self.expiration(status["expirationTimestamp"])
    }

    /// Whether both show the same to a server.
    func isSame(as other: ExecCredential) -> Bool {
        material.elementsEqual(other.material) { $0.expose().utf8.elementsEqual($1.expose().utf8) }
    }

    func isExpired(at now: Date = Date()) -> Bool {
        expiration.map { now.timeIntervalSince1970 > Double($0) } ?? false
    }

    private static func certificate(chain: String, key: String) throws(ExecPluginFailure) -> ClientConfiguration.Credential {
        do {
            let isEmpty = try NIOSSLCertificate.fromPEMBytes(Array(chain.utf8)).isEmpty
            _ = try NIOSSLPrivateKey(bytes: Array(key.utf8), format: .pem)
            if !isEmpty { return .certificate(chain: Array(chain.utf8), key: .init(Array(key.utf8))) }
        } catch {}  // The library's words could quote the key.
        throw ExecPluginFailure("failed parsing client key/certificate: they are not PEM")
    }

    private static func expiration(_ value: JSONValue?) throws(ExecPluginFailure) -> Int64? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.stringValue, let seconds = Timestamp.seconds(of: text) else {
            throw ExecPluginFailure("decoding stdout: expirationTimestamp is no time of RFC 3339")
        }
        return seconds
    }
}
