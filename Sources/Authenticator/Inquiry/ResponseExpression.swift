import CEL
import JSON

/// A compiled expression over `response`: the JSON object that a source of claims answered.
struct ResponseExpression: Sendable {
    private let program: Program

    init(_ text: String) throws(ExpressionProblem) {
        program = try compile(text, ["response": AuthenticationVariables.response], mustBeBool: false)
    }

    /// The claim that it gives; nil for null: there is none.
    func claim(_ response: JSONValue) throws(Refusal) -> JSONValue? {
        let value = try evaluate(program, ["response": CELValue(claim: response)])
        guard let claim = JSONValue(claim: value) else {
            throw Refusal(
                .expressionFailed,
                "expression '\(oneLine(program.expression, limit: 300))' gives nothing that JSON has"
            )
        }
        return claim.isNull ? nil : claim
    }
}

extension JSONValue {
    /// nil for what JSON has no word for, such as a duration.
    fileprivate init?(claim value: CELValue) {
        switch value {
        case .null: self = .null
        case .bool(let value): self = .bool(value)
        case .int(let value): self = .integer(value)
        case .uint(let value):
            guard let value = Int64(exactly: value) else { return nil }
            self = .integer(value)
        case .double(let value):
            guard value.isFinite else { return nil }
            self = .number(value)
        case .string(let text): self = .string(text)
        case .list(let elements):
            var values: [JSONValue] = []
            for element in elements {
                guard let value = JSONValue(claim: element) else { return nil }
                values.append(value)
            }
            self = .array(values)
        case .map(let map):
            var members: [(String, JSONValue)] = []
            for entry in map.entries {
                guard case .string(let name) = entry.key, let value = JSONValue(claim: entry.value) else { return nil }
                members.append((name, value))
            }
            self = .object(JSONObject(members))
        default: return nil
        }
    }
}
