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
    ///
    /// So does a name with an underscore: to servers that know headers as variables `X_Remote_User` is the same as ours.
    func isForged(_ headers: HTTPHeaders) -> Bool {
        leavesUnknownHeaders && headers.contains { name, _ in Self.isForged(name.utf8) }
    }

    private static func isForged(_ name: String.UTF8View) -> Bool {
        begins(name, "x-remote-extra-") || name.contains(UInt8(ascii: "_")) && begins(name, "x-remote-")
    }

    /// - Parameter prefix: in lower case. An underscore counts as a hyphen.
    private static func begins(_ name: String.UTF8View, _ prefix: StaticString) -> Bool {
        prefix.withUTF8Buffer { prefix in
            name.count >= prefix.count
                && zip(name, prefix).allSatisfy { byte, expected in
                    switch byte {
                    case UInt8(ascii: "_"): expected == UInt8(ascii: "-")
                    case 0x41...0x5A: expected == byte | 0x20
                    default: expected == byte
                    }
                }
        }
    }
}
