import JSON

/// `/version`: which Kubernetes API this server speaks, and which Postern it is.
struct ServerVersion: Hashable, Sendable {
    /// Clients warn when this is far from their own; the API follows this release.
    static let major = "1"
    static let minor = "34"

    let postern: String

    var gitVersion: String { "v\(Self.major).\(Self.minor).0+postern.\(postern)" }

    var document: JSONValue {
        [
            "major": .string(Self.major), "minor": .string(Self.minor), "gitVersion": .string(gitVersion),
            "gitCommit": "", "gitTreeState": "clean", "buildDate": "1970-01-01T00:00:00Z", "goVersion": "none",
            "compiler": "swiftc", "platform": "linux",
        ]
    }
}
