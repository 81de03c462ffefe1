import AsyncHTTPClient
import Authenticator
import NIOCore
import NIOPosix
import NIOSSL

extension ProviderFailure {
    /// Puts what the network layers throw into the few kinds that an operator acts upon differently.
    init(_ error: any Error, url: String, time: Duration) {
        switch error {
        case is NIOTooManyBytesError:
            self = .tooLarge(url: url)
        case let error as NIOSSLExtraError:
            self = .untrusted(url: url, Self.words(error))
        case NIOSSLError.handshakeFailed(let cause):
            self = .untrusted(url: url, Self.words(handshake: "\(cause)"))
        case is NIOSSLError:
            self = .unreachable(url: url, "the TLS connection failed: \(error)")
        case let error as HTTPClientError:
            self = Self.from(error, url: url, time: time)
        case let error as NIOConnectionError:
            self = .unreachable(url: url, Self.words(error))
        case let error as IOError:
            self = .unreachable(url: url, error.localizedWords)
        default:
            self = .unreachable(url: url, "\(error)")
        }
    }

    private static func from(_ error: HTTPClientError, url: String, time: Duration) -> ProviderFailure {
        switch error {
        case .deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout, .tlsHandshakeTimeout,
            .getConnectionFromPoolTimeout:
            .unreachable(url: url, "no answer within \(time.secondsText)")
        case .invalidURL, .emptyHost, .emptyScheme:
            .malformed(url: url, "not a URL with a host")
        case .remoteConnectionClosed:
            .unreachable(url: url, "the connection was closed before the answer was complete")
        default:
            .unreachable(url: url, error.shortDescription)
        }
    }

    private static func words(_ error: NIOSSLExtraError) -> String {
        error == .failedToValidateHostname ? "the certificate is for another name" : "\(error)"
    }

    private static func words(handshake cause: String) -> String {
        cause.contains("CERTIFICATE_VERIFY_FAILED")
            ? "the certificate is not signed by a trusted authority, or not valid now" : "the TLS handshake failed: \(cause)"
    }

    private static func words(_ error: NIOConnectionError) -> String {
        if error.dnsAError != nil || error.dnsAAAAError != nil, error.connectionErrors.isEmpty {
            return "the name \(error.host) does not resolve"
        }
        guard let last = error.connectionErrors.last else { return "no connection to \(error.host) port \(error.port)" }
        return (last.error as? IOError)?.localizedWords ?? "\(last.error)"
    }
}

extension IOError {
    fileprivate var localizedWords: String {
        switch errnoCode {
        case 111: "connection refused"
        case 110: "connection timed out"
        case 104: "connection reset"
        case 101, 113: "no route to the host"
        default: "\(self)"
        }
    }
}
