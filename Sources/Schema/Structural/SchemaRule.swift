import CEL
import JSON

/// One entry of `x-kubernetes-validations`: a CEL expression over `self`, and over `oldSelf` where it judges a change.
struct SchemaRule: Sendable {
    let rule: String
    let message: String
    let reason: FieldIssue.Reason
    /// Where the complaint belongs when not at the value itself.
    let fieldPath: [String]
    /// A rule over `oldSelf` judges changes: it is skipped where there is no old value, and never lets one pass as unchanged.
    let isTransition: Bool
    /// `oldSelf` is an optional value, and the rule also runs where there is none.
    let optionalOldSelf: Bool
    private let program: Program
    private let messageProgram: Program?

    static func compile(_ rules: [JSONValue], type: CELType, at path: FieldPath) throws(InvalidDefinition) -> [SchemaRule] {
        try rules.map { rule throws(InvalidDefinition) in try SchemaRule(rule, type: type, at: path) }
    }

    private init(_ value: JSONValue, type: CELType, at path: FieldPath) throws(InvalidDefinition) {
        guard let rule = value["rule"]?.stringValue else { throw InvalidDefinition("\(path): a rule has no expression") }
        self.rule = rule
        message = value["message"]?.stringValue ?? "failed rule: \(rule)"
        reason = value["reason"]?.stringValue.flatMap(FieldIssue.Reason.init(rawValue:)) ?? .invalid
        fieldPath = value["fieldPath"]?.stringValue?.split(separator: ".").map(String.init) ?? []
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
    }

    /// Why the value breaks the rule; nil when it does not, or when the rule does not apply.
    func complaint(about value: CELValue, old: CELValue?, budget: inout UInt64) -> String? {
        if isTransition, old == nil, !optionalOldSelf { return nil }
        let perRule: UInt64 = 1_000_000
        guard budget > 0 else {
            return "validation failed due to running out of cost budget, no further validation rules will be run"
        }
        var variables: [String: CELValue] = ["self": value]
        if isTransition { variables["oldSelf"] = optionalOldSelf ? .optional(old) : old }
        let run = program.measure(variables, costLimit: min(perRule, budget))
        budget -= min(run.cost, budget)
        switch run.result {
        case .success(.bool(true)): return nil
        case .success: break
        case .failure(let error): return "\(error) evaluating rule: \(message)"
        }
        guard let messageProgram else { return message }
        if variables["oldSelf"] == nil, let old { variables["oldSelf"] = optionalOldSelf ? .optional(old) : old }
        guard case .string(let text)? = try? messageProgram.evaluate(variables, costLimit: perRule), !text.isEmpty else {
            return message
        }
        return text
    }
}
