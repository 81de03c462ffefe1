import Foundation

/// A real reverse proxy, run with the example configuration that the documentation shows.
enum Proxy: String, CaseIterable, Sendable {
    case nginx, envoy, caddy, traefik

    /// Where the programs are; without it they are not installed here.
    private static let folder = ProcessInfo.processInfo.environment["POSTERN_PROXIES"].flatMap { $0.isEmpty ? nil : $0 }

    static var installed: [Proxy] { allCases.filter { $0.program != nil } }

    var program: URL? {
        guard let folder = Self.folder else { return nil }
        let path = "\(folder)/\(rawValue)"
        return FileManager.default.isExecutableFile(atPath: path) ? URL(filePath: path) : nil
    }

    static let examples = TestCluster.root.appending(path: "examples/forward-auth")

    /// The first one is what the program is started with.
    var files: [String] {
        switch self {
        case .nginx: ["nginx.conf"]
        case .envoy: ["envoy.yaml"]
        case .caddy: ["Caddyfile"]
        case .traefik: ["traefik.yaml", "traefik-routes.yaml"]
        }
    }

    func arguments(folder: String) -> [String] {
        let file = "\(folder)/\(files[0])"
        return switch self {
        case .nginx: ["-c", file, "-p", folder, "-e", "stderr", "-g", "daemon off;"]
        case .envoy: ["-c", file, "--concurrency", "1", "--disable-hot-restart", "--log-level", "warning"]
        case .caddy: ["run", "--config", file, "--adapter", "caddyfile"]
        case .traefik: ["--configFile=\(file)"]
        }
    }

    /// What of an example is another one in a test: addresses, and files that belong to the system. Each must be there.
    func changes(folder: String, port: Int, worker: Int, application: Int, authority: String) -> [(String, String)] {
        var changes = [
            ("8080", "\(port)"), ("9443", "\(worker)"), ("3000", "\(application)"), ("/etc/postern/ca.crt", authority),
        ]
        switch self {
        case .nginx:
            let temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map { "\($0)_temp_path \(folder)/\($0);" }
            changes += [
                ("worker_processes auto;", "worker_processes 1;"), ("/run/nginx.pid", "\(folder)/nginx.pid"),
                ("/var/log/nginx/error.log", "stderr"),
                ("access_log off;", "access_log off; " + temporary.joined(separator: " ")),
            ]
        case .envoy: break
        case .caddy: changes.append(("# Caddy", "{\n\tadmin off\n}\n# Caddy"))
        case .traefik: changes.append(("/etc/traefik/routes.yaml", "\(folder)/traefik-routes.yaml"))
        }
        return changes
    }

    /// Whether it takes out what a client says about itself, whatever the name; if not, such a request is refused.
    var removesUnknownIdentityHeaders: Bool { self == .caddy || self == .traefik }

    /// jane, as the server behind it sees her.
    func identity(groups: [String]) -> [String] {
        var headers = ["X-Remote-User: sso:jane", "X-Remote-Uid: u-1"]
        if self == .traefik {
            headers += groups.map { "X-Remote-Group: \($0)" } + ["X-Remote-Extra-Example.com%2fteam: jane"]
        } else {
            if !groups.isEmpty { headers.append("X-Remote-Groups: " + groups.map(Self.encoded).joined(separator: ",")) }
            headers.append("X-Remote-Extra: example.com/team=jane")
        }
        return headers.map { $0.lowercased() }.sorted()
    }

    private static func encoded(_ group: String) -> String {
        group.replacing("%", with: "%25").replacing(",", with: "%2C").replacing("(", with: "%28")
    }
}
