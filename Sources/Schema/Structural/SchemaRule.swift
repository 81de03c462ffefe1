import CEL
import JSON

/// One entry of `x-kubernetes-validations`: a CEL expression over `self`, and over `oldSelf` where it judges a change.
struct SchemaRule: Sendable {
    /// What a rule finds out about a value.
    enum Outcome {
        case holds
        /// The rule is false.
        case broken(String)
        /// The rule has no value.
        case failed(String)
        /// The rule was too expensive; no other is run after it.
        case stopped(String)
    }

    let reason: FieldIssue.Reason
    /// The names of the members that lead to where the complaint belongs; none: to the value itself.
    let fieldPath: [String]
    /// A rule over `oldSelf` judges changes: it is skipped where there is no old value, and never lets one pass as unchanged.
    let isTransition: Bool
    /// `oldSelf` is an optional value, and the rule also runs where there is none.
    private let optionalOldSelf: Bool
    private let message: String
    /// How errors name the rule: by its message, or else its expression.
    private let subject: String
    private let program: Program
    private let messageProgram: Program?

    /// - Parameter isCorrelatable: false where values cannot be paired with stored ones, so that there is no `oldSelf`.
    static func compile(
        _ rules: [JSONValue],
        type: CELType,
        isCorrelatable: Bool,
        at path: FieldPath
    ) throws(InvalidDefinition) -> [SchemaRule] {
        try rules.map { value throws(InvalidDefinition) in
            let rule = try SchemaRule(value, type: type, at: path)
            guard isCorrelatable || !rule.isTransition else {
                throw InvalidDefinition("\(path): oldSelf cannot be used in a list whose items cannot be told apart by keys")
            }
            return rule
        }
    }

    private init(_ value: JSONValue, type: CELType, at path: FieldPath) throws(InvalidDefinition) {
        guard let rule = value["rule"]?.stringValue else { throw InvalidDefinition("\(path): a rule has no expression") }
        let ownMessage = (value["message"]?.stringValue ?? "").trimmed
        subject = ownMessage.isEmpty ? rule.trimmed : ownMessage
        message = ownMessage.isEmpty ? "failed rule: \(subject)" : ownMessage
        reason = try Self.reason(value["reason"]?.stringValue, at: path)
        fieldPath =
            try value["fieldPath"]?.stringValue.map { text throws(InvalidDefinition) in
                try RuleFieldPath.names(in: text, at: path)
            } ?? []
        optionalOldSelf = value["optionalOldSelf"]?.boolValue ?? false
        let withOld: [String: CELType] = ["self": type, "oldSelf": optionalOldSelf ? .optional(type) : type]
        do {
            // What compiles without oldSelf does not use it.
            if let alone = try? Program.compile(rule, in: .schemaRules, variables: ["self": type]) {
                (program, isTransition) = (alone, false)
            } else {
                (program, isTransition) = (try Program.compile(rule, in: .schemaRules, variables: withOld), true)
            }
            messageProgram = try value["messageExpression"]?.stringValue.map {
                try Program.compile($0, in: .schemaRules, variables: withOld)
            }
        } catch {
            throw InvalidDefinition("\(path): \(error)")
        }
        guard program.resultType == .bool || program.resultType == .dyn else {
            throw InvalidDefinition("\(path): the rule \(rule) does not give true or false")
        }
        guard isTransition || !optionalOldSelf else {
            throw InvalidDefinition("\(path): the rule \(rule) has optionalOldSelf but does not use oldSelf")
        }
    }

    private static func reason(_ name: String?, at path: FieldPath) throws(InvalidDefinition) -> FieldIssue.Reason {
        guard let name else { return .invalid }
        guard let reason = FieldIssue.Reason(rawValue: name), [.invalid, .forbidden, .required, .duplicate].contains(reason)
        else {
            throw InvalidDefinition("\(path): a rule cannot have the reason \(name)")
        }
        return reason
    }
}

// MARK: - Judging

extension SchemaRule {
    /// What one rule may cost.
    private static let perRule: UInt64 = 1_000_000
    private static let messageLimit = 5 << 10

    func judge(_ value: CELValue, old: CELValue?, budget: inout UInt64) -> Outcome {
        if isTransition, old == nil, !optionalOldSelf { return .holds }
        var variables: [String: CELValue] = ["self": value]
        if isTransition { variables["oldSelf"] = optionalOldSelf ? .optional(old) : old }
        let limit = min(Self.perRule, budget)
        let run = program.measure(variables, costLimit: limit)
        budget -= min(run.cost, budget)
        switch run.result {
        case .success(.bool(true)): return .holds
        case .success: return complaint(variables, old: old, budget: &budget)
        case .failure(.costLimitExceeded) where limit < Self.perRule:
            return .stopped("validation failed due to running out of cost budget, no further validation rules will be run")
        case .failure(let error): return failure(error)
        }
    }

    private func failure(_ error: CELEvaluationError) -> Outcome {
        switch error {
        case .costLimitExceeded:
            .stopped("'\(error)': no further validation rules will be run due to call cost exceeds limit for rule: \(subject)")
        case .noSuchOverload:
            .failed(
                "'\(error)': call arguments did not match a supported operator, function or macro signature for rule: \(subject)"
            )
        default: .failed("\(error) evaluating rule: \(subject)")
        }
    }

    /// The text of `messageExpression`, or the fixed message where that gives none that can be shown.
    private func complaint(_ variables: [String: CELValue], old: CELValue?, budget: inout UInt64) -> Outcome {
        guard let messageProgram else { return .broken(message) }
        var variables = variables
        if variables["oldSelf"] == nil, let old { variables["oldSelf"] = optionalOldSelf ? .optional(old) : old }
        let run = messageProgram.measure(variables, costLimit: min(Self.perRule, budget))
        budget -= min(run.cost, budget)
        switch run.result {
        case .success(.string(let text)):
            let text = text.trimmed
            let isFit = !text.isEmpty && text.utf8.count <= Self.messageLimit && !text.utf8.contains(UInt8(ascii: "\n"))
            return .broken(isFit ? text : message)
        case .failure(.costLimitExceeded):
            return .stopped(
                "messageExpression evaluation failed due to running out of cost budget, no further validation rules will be run"
            )
        default: return .broken(message)
        }
    }
}

extension String {
    fileprivate var trimmed: String {
        let isSpace = { (character: Character) in character.isWhitespace }
        let start = drop(while: isSpace)
        return String(start.reversed().drop(while: isSpace).reversed())
    }
}
