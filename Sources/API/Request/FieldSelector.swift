import JSON
import Web

/// Which fields an object must have: `metadata.name=cluster,type!=Opaque`. In values `\,`, `\=` and `\\` stand for the character itself.
struct FieldSelector: Hashable, Sendable {
    struct Requirement: Hashable, Sendable {
        let label: String
        let isEqual: Bool
        let value: String
    }

    let requirements: [Requirement]

    /// Every requirement is looked at for every object.
    private static let maximumRequirements = 32

    /// Whether a kind can be selected by these fields is another question: `SelectableFields`.
    init(_ text: String) throws(APIStatus) {
        var requirements: [Requirement] = []
        for term in Self.terms(of: text) where !term.isEmpty {
            guard let requirement = try Self.requirement(term) else {
                throw .badRequest("invalid selector: '\(text)'; can't understand '\(term)'")
            }
            requirements.append(requirement)
        }
        guard requirements.count <= Self.maximumRequirements else {
            throw .badRequest("invalid selector: more than \(Self.maximumRequirements) requirements")
        }
        self.requirements = requirements
    }

    /// The name of the one object that can be selected; nil where it may be more, or two names are wanted at once.
    var name: String? {
        let names = requirements.filter { $0.isEqual && $0.label == "metadata.name" }
        guard names.count == 1, let name = names.first?.value, !name.isEmpty else { return nil }
        return name
    }

    func matches(_ object: JSONValue) -> Bool {
        requirements.allSatisfy {
            SelectableFields.value(of: $0.label, in: object).hasSameBytes(as: $0.value) == $0.isEqual
        }
    }

    // MARK: - Reading

    /// Splits at the commas that no backslash stands before.
    private static func terms(of text: String) -> [String] {
        var terms = [""]
        var isEscaped = false
        for scalar in text.unicodeScalars {
            if scalar == ",", !isEscaped {
                terms.append("")
                continue
            }
            terms[terms.count - 1].unicodeScalars.append(scalar)
            isEscaped = scalar == "\\" && !isEscaped
        }
        return terms
    }

    /// nil: there is no operator in it.
    private static func requirement(_ term: String) throws(APIStatus) -> Requirement? {
        let scalars = term.unicodeScalars
        for index in scalars.indices {
            let rest = scalars[index...]
            // The longer operators first: `==` begins like `=`.
            for (sign, isEqual) in [("!=", false), ("==", true), ("=", true)] where rest.starts(with: sign.unicodeScalars) {
                let value = rest.dropFirst(sign.unicodeScalars.count)
                return Requirement(label: String(scalars[..<index]), isEqual: isEqual, value: try unescaped(value))
            }
        }
        return nil
    }

    private static func unescaped(_ scalars: Substring.UnicodeScalarView) throws(APIStatus) -> String {
        var value = String.UnicodeScalarView()
        var isEscaped = false
        for scalar in scalars {
            if !isEscaped, scalar == "\\" {
                isEscaped = true
                continue
            }
            switch (scalar, isEscaped) {
            case ("\\", _), (",", true), ("=", true): break
            case (_, true): throw .badRequest("invalid field selector: invalid escape sequence: \\\(scalar)")
            // Kubernetes tells the number of the character.
            case (",", _), ("=", _):
                throw .badRequest("invalid field selector: unescaped character in value: \(scalar.value)")
            default: break
            }
            value.append(scalar)
            isEscaped = false
        }
        guard !isEscaped else { throw .badRequest("invalid field selector: invalid escape sequence: \\") }
        return String(value)
    }
}
