import NIOHTTP1

/// A kind of reverse proxy that asks about requests: under which path, and what of the answer it can pass on.
///
/// The raw value is the endpoint's name in logs and metrics.
enum ForwardAuthProfile: String, CaseIterable, Sendable {
    /// A proxy that passes on repeated headers as they are.
    case generic = "auth"
    case nginx = "auth/nginx"
    case envoy = "auth/envoy"
    case caddy = "auth/caddy"
    case traefik = "auth/traefik"

    /// The profile of a request's path, without the query; nil: the path is none of ours.
    init?(path: Substring) {
        switch path {
        case "/auth": self = .generic
        case "/auth/nginx": self = .nginx
        case "/auth/caddy": self = .caddy
        case "/auth/traefik": self = .traefik
        default:
            guard Self.isEnvoy(path.utf8) else { return nil }
            self = .envoy
        }
    }

    /// Envoy puts the path of the original request behind ours: `/auth/envoy/a/b`, and `/auth/envoy*` for `OPTIONS *`.
    private static func isEnvoy(_ path: Substring.UTF8View) -> Bool {
        let prefix: StaticString = "/auth/envoy"
        let isPrefix = prefix.withUTF8Buffer { path.starts(with: $0) }
        guard isPrefix, let next = path.dropFirst(prefix.utf8CodeUnitCount).first else { return isPrefix }
        return next == UInt8(ascii: "/") || next == UInt8(ascii: "*")
    }

    /// Envoy asks with the method of the original request, whichever that is; the others have their own.
    func takes(_ method: HTTPMethod) -> Bool { self == .envoy || method == .GET || method == .HEAD }

    /// nginx knows the first of repeated headers only, Caddy joins them with commas, Envoy takes the last.
    var form: IdentityHeaders.Form {
        switch self {
        case .generic, .traefik: .repeated
        case .nginx, .envoy, .caddy: .joined
        }
    }

    /// Whether the proxy may leave headers in a request whose names it was not told. Where the answer could not have them taken
    /// out, a request that has some is refused.
    private var leavesUnknownHeaders: Bool { form == .joined }

    /// Whether the client claims attributes for itself, and the proxy would pass that on.
    func isForged(_ headers: HTTPHeaders) -> Bool {
        guard leavesUnknownHeaders else { return false }
        return headers.contains { name, _ in
            let prefix: StaticString = "x-remote-extra-"
            return prefix.withUTF8Buffer { prefix in
                name.utf8.count >= prefix.count
                    && zip(name.utf8, prefix).allSatisfy { $0 | ($0 >= 0x41 && $0 <= 0x5A ? 0x20 : 0) == $1 }
            }
        }
    }

    var question: TokenJudge.Question { TokenJudge.Question(endpoint: rawValue, cacheKey: rawValue) }
}
