import Web

/// The query of a request. Of a name that occurs twice the first value counts, as in Kubernetes.
struct Query: Hashable, Sendable {
    private var values: [String: [String]] = [:]

    init() {}

    /// - Parameter text: what follows `?`, percent-encoded.
    init(_ text: String) {
        for pair in text.split(separator: "&") {
            let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let name = Self.decoded(parts[0])
            values[name, default: []].append(parts.count > 1 ? Self.decoded(parts[1]) : "")
        }
    }

    /// The value of a parameter; nil when it is missing or empty, which mean the same.
    subscript(name: String) -> String? {
        guard let value = values[name]?.first, !value.isEmpty else { return nil }
        return value
    }

    /// `dryRun`: it may be missing, or say `All`, and nothing else. Taken for missing, it would be a real write.
    func isDryRun() throws(APIStatus) -> Bool {
        let given = values["dryRun"] ?? []
        if let wrong = given.first(where: { $0 != "All" }) {
            throw .badRequest("dryRun: Unsupported value: \"\(wrong.prefix(64))\": supported values: \"All\"")
        }
        return !given.isEmpty
    }

    /// As Kubernetes reads it: nothing but a missing value, `false` and `0` means no. `?watch` alone means yes.
    func flag(_ name: String) -> Bool {
        guard let value = values[name]?.first else { return false }
        return value.lowercased() != "false" && value != "0"
    }

    /// A form-encoded piece of text: `+` is a space.
    private static func decoded(_ text: Substring) -> String {
        PercentEncoding.decoded(text.utf8.map { $0 == UInt8(ascii: "+") ? UInt8(ascii: " ") : $0 }) ?? String(text)
    }
}
