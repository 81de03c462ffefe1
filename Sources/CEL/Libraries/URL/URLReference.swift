/// An absolute URL or an absolute path, taken apart as Go's `net/url` does it, on which Kubernetes' `url()` rests.
package struct URLReference: Hashable, Sendable {
    let text: String
    var scheme = ""
    /// Host and port as written, an IPv6 address in its brackets.
    var host = ""
    var escapedPath = ""
    var rawQuery = ""

    package static func == (left: URLReference, right: URLReference) -> Bool { left.text.utf8.elementsEqual(right.text.utf8) }
    package func hash(into hasher: inout Hasher) { for byte in text.utf8 { hasher.combine(byte) } }

    /// Refuses, with the reason, what is neither an absolute URL nor an absolute path.
    init(_ text: String) throws(CELEvaluationError) {
        self.text = text
        var rest = Array(text.utf8)[...]
        guard !rest.isEmpty else { throw Self.refusal("empty url") }
        guard !rest.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { throw Self.refusal("invalid control character in URL") }
        if let fragment = rest.firstIndex(of: UInt8(ascii: "#")) {
            guard PercentEncoding.decode(rest[(fragment + 1)...], plusIsSpace: false) != nil else {
                throw Self.refusal("invalid URL escape")
            }
            rest = rest[..<fragment]
        }
        scheme = try Self.takeScheme(&rest)
        if let query = rest.firstIndex(of: UInt8(ascii: "?")) {
            rawQuery = String(decoding: rest[(query + 1)...], as: UTF8.self)
            rest = rest[..<query]
        }
        guard rest.first == UInt8(ascii: "/") else {
            // `mailto:someone`: nothing more to take apart.
            if !scheme.isEmpty { return }
            throw Self.refusal("invalid URI for request")
        }
        if !scheme.isEmpty, rest.starts(with: "//".utf8) {
            let authority = rest.dropFirst(2).prefix { $0 != UInt8(ascii: "/") }
            host = try URLAuthority.host(of: authority)
            rest = rest[authority.endIndex...]
        }
        escapedPath = try Self.escaped(path: rest)
    }

    static func refusal(_ reason: String) -> CELEvaluationError {
        .invalidArgument("URL parse error during conversion from string: \(reason)")
    }

    private static func takeScheme(_ rest: inout ArraySlice<UInt8>) throws(CELEvaluationError) -> String {
        for (position, byte) in zip(rest.indices, rest) {
            let isFirst = position == rest.startIndex
            if byte.isASCIILetter { continue }
            if byte.isASCIIDigit || "+-.".utf8.contains(byte) {
                if isFirst { return "" }
                continue
            }
            guard byte == UInt8(ascii: ":") else { return "" }
            if isFirst { throw refusal("missing protocol scheme") }
            let scheme = String(decoding: rest[..<position], as: UTF8.self).lowercased()
            rest = rest[(position + 1)...]
            return scheme
        }
        return ""
    }

    private static func escaped(path: ArraySlice<UInt8>) throws(CELEvaluationError) -> String {
        guard let decoded = PercentEncoding.decode(path, plusIsSpace: false) else { throw refusal("invalid URL escape") }
        if path.allSatisfy({ PercentEncoding.isUnreserved($0) || "!$&'()*+,;=:@[]/%".utf8.contains($0) }) {
            return String(decoding: path, as: UTF8.self)
        }
        return PercentEncoding.encode(decoded, keeping: "$&+,/:;=@")
    }

    // MARK: - Accessors

    private var portColon: String.Index? {
        guard let colon = host.lastIndex(of: ":"), URLAuthority.isOptionalPort(host[colon...].utf8) else { return nil }
        return colon
    }

    var hostname: String {
        let name = host[..<(portColon ?? host.endIndex)]
        return name.hasPrefix("[") && name.hasSuffix("]") ? String(name.dropFirst().dropLast()) : String(name)
    }

    var port: String { portColon.map { String(host[host.index(after: $0)...]) } ?? "" }

    /// The values of each name, in their order; what cannot be decoded is left out.
    var query: CELMap {
        var names: [String] = []
        var values: [String: [CELValue]] = [:]
        for part in rawQuery.utf8.split(separator: UInt8(ascii: "&")) where !part.contains(UInt8(ascii: ";")) {
            let pair = Array(part).split(separator: UInt8(ascii: "="), maxSplits: 1, omittingEmptySubsequences: false)
            guard let name = PercentEncoding.decode(pair[0], plusIsSpace: true),
                let value = PercentEncoding.decode(pair.count > 1 ? pair[1] : [], plusIsSpace: true)
            else { continue }
            let key = String(decoding: name, as: UTF8.self)
            if values[key] == nil { names.append(key) }
            values[key, default: []].append(.string(String(decoding: value, as: UTF8.self)))
        }
        return CELMap(names.map { (.string($0), .list(values[$0] ?? [])) })
    }
}
