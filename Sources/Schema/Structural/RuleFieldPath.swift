/// A rule's `fieldPath`: where in the value the complaint belongs, as `.issuer.url` or `['odd name']`.
enum RuleFieldPath {
    static func names(in text: String, at path: FieldPath) throws(InvalidDefinition) -> [String] {
        var names: [String] = []
        var rest = Substring(text)
        while !rest.isEmpty {
            let name: Substring
            if rest.hasPrefix("['"), let end = rest.firstRange(of: "']") {
                name = rest[rest.index(rest.startIndex, offsetBy: 2)..<end.lowerBound]
                rest = rest[end.upperBound...]
            } else if rest.first == "." {
                name = rest.dropFirst().prefix { $0 != "." && $0 != "[" }
                rest = rest.dropFirst(name.count + 1)
            } else {
                name = ""
            }
            guard !name.isEmpty else { throw InvalidDefinition("\(path): the field path \(text) cannot be read") }
            names.append(String(name))
        }
        return names
    }
}
