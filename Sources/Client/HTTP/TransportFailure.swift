import AsyncHTTPClient
import Foundation
import NIOCore
import NIOPosix
import NIOSSL

/// Why there is no answer of the API: the question did not reach it, or its answer did not reach us.
///
/// Sending it again may help, which is what sets it apart from `APIFailure`.
package struct TransportFailure: LocalizedError, Sendable, Hashable, CustomStringConvertible {
    package enum Reason: String, Sendable {
        case badAddress, unreachable, untrusted, timedOut, tooLarge, interrupted, notJSON
        /// The other side takes only clients with a certificate that it trusts.
        case certificateRequired, certificateRefused
    }

    package let reason: Reason
    /// Scheme, host and port; never a path, which could hold a name, nor a query.
    package let server: String
    package let detail: String

    package init(reason: Reason, server: String, detail: String) {
        self.reason = reason
        self.server = server
        self.detail = detail
    }

    package var description: String {
        switch reason {
        case .badAddress: "\"\(server)\" is not an address of a server: \(detail)"
        case .unreachable: "cannot connect to \(server): \(detail)"
        case .untrusted: "the certificate of \(server) is not trusted: \(detail)"
        case .certificateRequired: "\(server) lets only clients with a certificate in, and none was given"
        case .certificateRefused: "\(server) did not accept the client certificate: \(detail)"
        case .timedOut: "no answer from \(server): \(detail)"
        case .tooLarge: "the answer of \(server) is too large: \(detail)"
        case .interrupted: "the connection to \(server) broke: \(detail)"
        case .notJSON: "\(server) does not answer like the API: \(detail)"
        }
    }

    package var errorDescription: String? { description }
}

extension TransportFailure {
    /// Sorts what the HTTP client throws into our reasons, with words a person can use.
    init(_ error: any Error, server: String) {
        switch error {
        case let failure as TransportFailure: self = failure
        case let error as NIOConnectionError:
            self.init(reason: .unreachable, server: server, detail: Self.detail(of: error))
        case let error as IOError: self.init(error, server: server)
        case let error as HTTPClientError: self.init(error, server: server)
        case is NIOSSLExtraError:
            self.init(reason: .untrusted, server: server, detail: "it is for another host name (\(error))")
        case is NIOSSLError, is BoringSSLError:
            self.init(tls: "\(error)", server: server)
        default: self.init(tls: "\(error)", server: server)
        }
    }

    private init(_ error: IOError, server: String) {
        let reason: Reason =
            [ECONNREFUSED, EHOSTUNREACH, ENETUNREACH, ETIMEDOUT].contains(error.errnoCode) ? .unreachable : .interrupted
        self.init(reason: reason, server: server, detail: Self.detail(of: error))
    }

    private init(_ error: HTTPClientError, server: String) {
        if [.connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout].contains(error) {
            self.init(reason: .unreachable, server: server, detail: "timed out while connecting")
        } else if [.deadlineExceeded, .readTimeout, .writeTimeout].contains(error) {
            self.init(reason: .timedOut, server: server, detail: "timed out")
        } else if [.remoteConnectionClosed, .uncleanShutdown].contains(error) {
            self.init(reason: .interrupted, server: server, detail: "closed by the other side")
        } else {
            self.init(reason: .interrupted, server: server, detail: error.shortDescription)
        }
    }

    /// - Parameter text: the library's own words.
    init(tls text: String, server: String) {
        if let known = Self.tlsProblems.first(where: { text.contains($0.name) }) {
            self.init(reason: known.reason, server: server, detail: known.detail)
        } else if text.contains("_ALERT_") {
            self.init(reason: .interrupted, server: server, detail: "it ended the TLS handshake")
        } else {
            self.init(reason: .interrupted, server: server, detail: Self.withoutSourcePlaces(text))
        }
    }

    /// The TLS library's names of what goes wrong, most of them alerts that the other side sent (RFC 8446, section 6.2).
    private static let tlsProblems: [(name: String, reason: Reason, detail: String)] = [
        ("CERTIFICATE_VERIFY_FAILED", .untrusted, "it was signed by an unknown authority or is expired"),
        ("WRONG_VERSION_NUMBER", .unreachable, "it does not speak TLS"),
        ("ALERT_CERTIFICATE_REQUIRED", .certificateRequired, ""),
        ("ALERT_UNKNOWN_CA", .certificateRefused, "it was signed by an authority that is unknown there"),
        ("ALERT_CERTIFICATE_EXPIRED", .certificateRefused, "it is expired"),
        ("ALERT_CERTIFICATE_REVOKED", .certificateRefused, "it was revoked"),
        ("ALERT_CERTIFICATE_UNKNOWN", .certificateRefused, "something is wrong with it"),
        ("ALERT_BAD_CERTIFICATE", .certificateRefused, "something is wrong with it"),
        ("ALERT_UNSUPPORTED_CERTIFICATE", .certificateRefused, "it is of a kind that is unknown there"),
        ("ALERT_ACCESS_DENIED", .certificateRefused, "access denied"),
        ("ALERT_PROTOCOL_VERSION", .interrupted, "it speaks no version of TLS that we do"),
        ("ALERT_HANDSHAKE_FAILURE", .interrupted, "it and we have no kind of encryption in common"),
        ("ALERT_UNRECOGNIZED_NAME", .interrupted, "it knows no host of this name"),
    ]

    /// A library's words without the places in its sources, which say nothing to anybody here.
    private static func withoutSourcePlaces(_ text: String) -> String {
        text.replacing(#/\ at /[^\s,;\])]+/#, with: "")
    }

    private static func detail(of error: NIOConnectionError) -> String {
        if let failure = error.connectionErrors.first?.error as? IOError {
            return detail(of: failure)
        }
        if error.dnsAError != nil || error.dnsAAAAError != nil { return "no such host" }
        return error.connectionErrors.first.map { "\($0.error)" } ?? "no address"
    }

    private static func detail(of error: IOError) -> String {
        error.errnoCode == ECONNREFUSED ? "connection refused" : String(cString: strerror(error.errnoCode))
    }
}
