/// A version as semver.org defines it.
package struct SemanticVersion: Hashable, Sendable {
    let major: Int64
    let minor: Int64
    let patch: Int64
    let prerelease: [String]
    let text: String

    /// Build metadata takes no part in comparisons.
    package static func == (left: SemanticVersion, right: SemanticVersion) -> Bool { left.compare(right) == .equal }
    package func hash(into hasher: inout Hasher) {
        hasher.combine(major)
        hasher.combine(minor)
        hasher.combine(patch)
    }

    /// `isLenient` also takes a leading `v`, leading zeros and missing parts.
    init(_ written: String, isLenient: Bool = false) throws(CELEvaluationError) {
        let text = isLenient ? Self.normalize(written) : written
        let parts = text.split(separator: "+", maxSplits: 1, omittingEmptySubsequences: false)
        let core = parts[0].split(separator: "-", maxSplits: 1, omittingEmptySubsequences: false)
        let numbers = core[0].split(separator: ".", omittingEmptySubsequences: false)
        guard numbers.count == 3 else { throw .invalidArgument("No Major.Minor.Patch elements found") }
        major = try Self.number(numbers[0])
        minor = try Self.number(numbers[1])
        patch = try Self.number(numbers[2])
        prerelease = core.count > 1 ? try Self.identifiers(core[1], mayLeadWithZero: false) : []
        if parts.count > 1 { _ = try Self.identifiers(parts[1], mayLeadWithZero: true) }
        self.text = text
    }

    private static func normalize(_ text: String) -> String {
        var rest = Substring(text)
        if rest.first == "v" { rest.removeFirst() }
        let core = rest.prefix { $0 != "-" && $0 != "+" }
        var numbers = core.split(separator: ".", omittingEmptySubsequences: false).map { number in
            let trimmed = number.drop { $0 == "0" }
            return trimmed.isEmpty && !number.isEmpty ? "0" : String(trimmed)
        }
        while numbers.count < 3, !core.isEmpty { numbers.append("0") }
        return numbers.joined(separator: ".") + rest.dropFirst(core.count)
    }

    private static func number(_ text: Substring) throws(CELEvaluationError) -> Int64 {
        guard text.utf8.allSatisfy(\.isASCIIDigit), text.utf8.count == 1 || text.first != "0", let number = Int64(text) else {
            throw .invalidArgument("invalid version number \(NumberText.quoted(String(text)))")
        }
        return number
    }

    private static func identifiers(_ text: Substring, mayLeadWithZero: Bool) throws(CELEvaluationError) -> [String] {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false).map(String.init)
        for part in parts {
            let isPlain = part.utf8.allSatisfy { $0.isASCIIDigit || $0.isASCIILetter || $0 == UInt8(ascii: "-") }
            let leadsWithZero = part.utf8.count > 1 && part.first == "0" && part.utf8.allSatisfy(\.isASCIIDigit)
            guard !part.isEmpty, isPlain, mayLeadWithZero || !leadsWithZero else {
                throw .invalidArgument("invalid version part \(NumberText.quoted(part))")
            }
        }
        return parts
    }

    func compare(_ other: SemanticVersion) -> Ordering {
        for (a, b) in [(major, other.major), (minor, other.minor), (patch, other.patch)] where a != b { return Ordering(a, b) }
        if prerelease.isEmpty || other.prerelease.isEmpty {
            return Ordering(prerelease.isEmpty ? 1 : 0, other.prerelease.isEmpty ? 1 : 0)
        }
        for (a, b) in zip(prerelease, other.prerelease) where a != b { return Self.compare(a, b) }
        return Ordering(prerelease.count, other.prerelease.count)
    }

    /// Numbers come before words and are compared as numbers; without leading zeros the longer one is larger.
    private static func compare(_ a: String, _ b: String) -> Ordering {
        let isNumber = (a.utf8.allSatisfy(\.isASCIIDigit), b.utf8.allSatisfy(\.isASCIIDigit))
        switch isNumber {
        case (true, false): return .less
        case (false, true): return .greater
        case (true, true) where a.utf8.count != b.utf8.count: return Ordering(a.utf8.count, b.utf8.count)
        default: return a.utf8.lexicographicallyPrecedes(b.utf8) ? .less : .greater
        }
    }
}
