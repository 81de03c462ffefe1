import CEL
import JSON

/// Runs the rules of a schema over a value and everything inside it.
///
/// A rule is not run on a value whose structure is wrong, since it could only fail in a confusing way; all others are, so that
/// a person sees everything at once. On an update a complaint about an unchanged value is only a warning.
struct RuleValidator {
    private(set) var verdict = Verdict()
    private let structuralIssues: [FieldIssue]
    /// What all rules of one object may cost together.
    private var budget: UInt64 = 10_000_000

    init(structuralIssues: [FieldIssue]) {
        self.structuralIssues = structuralIssues
    }

    mutating func validate(_ value: JSONValue, old: JSONValue?, _ schema: StructuralSchema, at path: FieldPath) {
        guard schema.hasRulesInside, !value.isNull else { return }
        if !schema.rules.isEmpty, !structuralIssues.contains(where: { $0.path.isAtOrBelow(path) }) {
            run(schema, on: value, old: old, at: path)
        }
        switch value {
        case .object(let object):
            for (name, member) in object {
                guard let child = schema.member(name) else { continue }
                validate(member, old: old?[name], child, at: schema.path(to: name, from: path))
            }
        case .array(let values):
            guard let items = schema.items else { return }
            let counterparts = ListCounterparts(old: old?.arrayValue, schema)
            for (index, item) in values.enumerated() {
                validate(item, old: counterparts.find(item), items, at: path[index])
            }
        default: break
        }
    }

    private mutating func run(_ schema: StructuralSchema, on value: JSONValue, old: JSONValue?, at path: FieldPath) {
        let subject = schema.celValue(value)
        let before = old.map(schema.celValue)
        let isUnchanged = old == value
        for rule in schema.rules {
            guard let complaint = rule.complaint(about: subject, old: before, budget: &budget) else { continue }
            let issue = FieldIssue.broken(rule, complaint, value, schema, at: path)
            if isUnchanged, !rule.isTransition {
                verdict.warnings.append(issue.description)
            } else {
                verdict.issues.append(issue)
            }
        }
    }
}

extension FieldIssue {
    fileprivate static func broken(
        _ rule: SchemaRule,
        _ complaint: String,
        _ value: JSONValue,
        _ schema: StructuralSchema,
        at path: FieldPath
    ) -> FieldIssue {
        let place = rule.fieldPath.reduce(path) { $0[$1] }
        let shown: JSONValue =
            switch value {
            case .object: "object"
            case .array: "array"
            default: schema.isSensitive ? "<redacted>" : value
            }
        return switch rule.reason {
        case .required: .required(place, complaint)
        case .forbidden: .forbidden(place, complaint)
        case .duplicate: .duplicate(place, shown)
        default: .invalid(place, shown, complaint)
        }
    }
}
