import Web

/// Which labels an object must have: `a=b,c!=d,e in (f,g),h,!i`.
struct LabelSelector: Hashable, Sendable {
    enum Requirement: Hashable, Sendable {
        case isIn(String, Set<String>)
        case isNotIn(String, Set<String>)
        case exists(String)
        case isAbsent(String)
    }

    let requirements: [Requirement]

    static let everything = LabelSelector(requirements: [])

    private init(requirements: [Requirement]) { self.requirements = requirements }

    init(_ text: String) throws(APIStatus) {
        var requirements: [Requirement] = []
        for part in Self.parts(of: text) {
            guard let requirement = Self.requirement(part) else {
                throw .badRequest("unable to parse requirement: \"\(part)\" is not a label selector")
            }
            requirements.append(requirement)
        }
        self.init(requirements: requirements)
    }

    func matches(_ labels: [String: String]) -> Bool {
        requirements.allSatisfy { requirement in
            switch requirement {
            case .isIn(let name, let values): labels[name].map(values.contains) ?? false
            case .isNotIn(let name, let values): labels[name].map { !values.contains($0) } ?? true
            case .exists(let name): labels[name] != nil
            case .isAbsent(let name): labels[name] == nil
            }
        }
    }

    /// Splits at the commas outside of parentheses.
    private static func parts(of text: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in text {
            switch character {
            case "," where depth == 0:
                parts.append("")
                continue
            case "(": depth += 1
            case ")": depth -= 1
            default: break
            }
            parts[parts.count - 1].append(character)
        }
        return parts.map { $0.trimmingSpaces }.filter { !$0.isEmpty }
    }

    private static func requirement(_ text: String) -> Requirement? {
        for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)] {
            guard let range = text.firstRange(of: sign) else { continue }
            let name = String(text[..<range.lowerBound]).trimmingSpaces
            let value = String(text[range.upperBound...]).trimmingSpaces
            guard isName(name), !value.contains(where: { "=!(), ".contains($0) }) else { return nil }
            return isEqual ? .isIn(name, [value]) : .isNotIn(name, [value])
        }
        if text.hasSuffix(")"), let open = text.firstIndex(of: "(") {
            let words = text[..<open].split(separator: " ")
            let list = text[text.index(after: open)...].dropLast()
            let values = Set(list.split(separator: ",", omittingEmptySubsequences: false).map { String($0).trimmingSpaces })
            guard words.count == 2, isName(words[0]) else { return nil }
            if words[1] == "in" { return .isIn(String(words[0]), values) }
            return words[1] == "notin" ? .isNotIn(String(words[0]), values) : nil
        }
        if text.hasPrefix("!") {
            let name = String(text.dropFirst()).trimmingSpaces
            return isName(name) ? .isAbsent(name) : nil
        }
        return isName(text) ? .exists(text) : nil
    }

    private static func isName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 317
            && text.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_./".contains($0)) }
    }
}

extension String {
    var trimmingSpaces: String {
        var rest = self[...]
        while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
        while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
        return String(rest)
    }
}
