import CEL
import JSON

/// Runs the rules of a schema over a value and everything inside it.
///
/// A rule is not run on a value whose structure is so wrong that it could only fail in a confusing way; all others are, so that
/// a person sees everything at once. On an update a complaint about an unchanged value is only a warning.
struct RuleValidator {
    private(set) var verdict = Verdict()
    /// Every place with a fault that keeps rules from being run, and all places around it.
    private let blocked: Set<FieldPath>
    /// What all rules of one object may cost together.
    private var budget: UInt64
    private var isStopped = false

    init(structuralIssues: [FieldIssue], budget: UInt64 = 10_000_000) {
        blocked = structuralIssues.reduce(into: []) { places, issue in
            guard issue.reason.blocksRules else { return }
            var place: FieldPath? = issue.path
            while let next = place, places.insert(next).inserted { place = next.parent }
        }
        self.budget = budget
    }

    /// - Parameter around: the values around this one that have stored counterparts, the outermost first. What stands in a list whose
    ///   items nobody can pair with stored ones is unchanged when the list is.
    mutating func validate(
        _ value: JSONValue,
        old: JSONValue?,
        around: [StoredCounterpart] = [],
        _ schema: StructuralSchema,
        at path: FieldPath
    ) {
        guard schema.hasRulesInside, !value.isNull, !isStopped else { return }
        let counterparts = around + (old.map { [StoredCounterpart(value, replacing: $0, schema)] } ?? [])
        if !schema.rules.isEmpty, !blocked.contains(path) {
            run(schema, on: value, old: old, counterparts, at: path)
        }
        switch value {
        case .object(let object):
            for (name, member) in object {
                guard let child = schema.member(name) else { continue }
                validate(member, old: old?[name], around: counterparts, child, at: schema.path(to: name, from: path))
            }
        case .array(let values):
            guard let items = schema.items else { return }
            let stored = ListCounterparts(old: old?.arrayValue, schema)
            for (index, item) in values.enumerated() {
                validate(item, old: stored.find(item), around: counterparts, items, at: path[index])
            }
        default: break
        }
    }

    private mutating func run(
        _ schema: StructuralSchema,
        on value: JSONValue,
        old: JSONValue?,
        _ counterparts: [StoredCounterpart],
        at path: FieldPath
    ) {
        let subject = schema.celValue(value)
        let before = old.flatMap { $0.isNull ? nil : schema.celValue($0) }
        for rule in schema.rules {
            let issue: FieldIssue
            switch rule.judge(subject, old: before, budget: &budget) {
            case .holds: continue
            case .broken(let complaint):
                issue = .broken(rule.reason, complaint, value, schema, at: schema.path(at: rule.fieldPath, from: path))
            case .failed(let complaint):
                issue = .broken(.invalid, complaint, value, schema, at: path)
            case .stopped(let complaint):
                // What the rest would have said is unknown, so even an unchanged object is refused.
                isStopped = true
                verdict.issues.append(.broken(.invalid, complaint, value, schema, at: path))
                return
            }
            if !rule.isTransition, counterparts.contains(where: \.isUnchanged) {
                verdict.warnings.append(issue.description)
            } else {
                verdict.issues.append(issue)
            }
        }
    }
}

extension StructuralSchema {
    /// The place that a rule's `fieldPath` means.
    fileprivate func path(at names: [String], from path: FieldPath) -> FieldPath {
        var (schema, path) = (self as StructuralSchema?, path)
        for name in names {
            path = schema?.path(to: name, from: path) ?? path[name]
            schema = schema?.member(name)
        }
        return path
    }
}

extension FieldIssue.Reason {
    /// Whether Kubernetes runs no rules on an object with such an issue.
    fileprivate var blocksRules: Bool {
        switch self {
        case .required, .notSupported, .typeInvalid, .tooLong, .tooMany: true
        case .invalid, .duplicate, .forbidden: false
        }
    }
}

extension FieldIssue {
    fileprivate static func broken(
        _ reason: Reason,
        _ complaint: String,
        _ value: JSONValue,
        _ schema: StructuralSchema,
        at place: FieldPath
    ) -> FieldIssue {
        let shown: JSONValue =
            switch value {
            case .object: "object"
            case .array: "array"
            default: schema.isSensitive ? "<redacted>" : value
            }
        return switch reason {
        case .required: .required(place, complaint)
        case .forbidden: .forbidden(place, complaint)
        case .duplicate: .duplicate(place, shown)
        default: .invalid(place, shown, complaint)
        }
    }
}
