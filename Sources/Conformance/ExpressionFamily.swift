import CEL
import Foundation
import JSON

/// CEL expressions as cel-go evaluates them in the environment of the Kubernetes authenticator.
enum ExpressionFamily {
    static let variables: [String: [String: CELType]] = [
        "claims": ["claims": .map(.string, .any)],
        "user": [
            "user": .object(
                CELObjectType(
                    name: "kubernetes.UserInfo",
                    fields: [
                        "username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.string, .list(.string)),
                    ]
                )
            )
        ],
    ]

    static func judge(_ one: ConformanceCase) -> Verdict {
        guard let expression = one.value["expression"]?.stringValue, let name = one.value["var"]?.stringValue,
            let declared = variables[name]
        else { return .skipped("without an expression") }
        guard let want = one.value["want"], let result = want["result"]?.stringValue else {
            return .skipped("about the use of an expression, not about its language")
        }
        let program: Program
        do throws(CELCompileError) {
            program = try Program.compile(expression, in: .authentication, variables: declared)
        } catch {
            return result == "compileError" ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "\(error)")
        }
        let bound = [name: one.value[name].map(value) ?? .emptyMap]
        do throws(CELEvaluationError) {
            let value = try program.evaluate(bound)
            let agrees = result == "value" && isEqual(value, want["value"])
            return agrees ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "\(value)")
        } catch {
            return result == "evalError" ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "\(error)")
        }
    }

    /// Claims have no integers: every JSON number is a double there.
    private static func value(_ json: JSONValue) -> CELValue {
        switch json {
        case .null: .null
        case .bool(let value): .bool(value)
        case .integer(let value): .double(Double(value))
        case .number(let value): .double(value)
        case .string(let value): .string(value)
        case .array(let values): .list(values.map(value))
        case .object(let object): .object(object.map { ($0.name, value($0.value)) })
        }
    }

    private static func isEqual(_ value: CELValue, _ want: JSONValue?) -> Bool {
        let expected = want?["value"]
        switch (value, want?["type"]?.stringValue) {
        case (.null, "null"), (.null, nil): return true
        case (.bool(let value), "bool"): return expected?.boolValue == value
        case (.int(let value), "int"): return expected?.stringValue == String(value)
        case (.uint(let value), "uint"): return expected?.stringValue == String(value)
        case (.double(let value), "double"): return number(expected) == value || (value.isNaN && expected?.stringValue == "NaN")
        case (.string(let value), "string"): return expected.map { $0 == .string(value) } ?? false
        case (.bytes(let value), "bytes"): return expected?.stringValue == Data(value).base64EncodedString()
        case (.list(let values), "list"):
            let elements = expected?.arrayValue ?? []
            return elements.count == values.count && zip(values, elements).allSatisfy { isEqual($0, $1) }
        case (.map(let map), "map"): return isEqual(map, expected?.arrayValue ?? [])
        case (.optional(let value), "optional"):
            guard let value else { return expected?.isNull ?? true }
            return isEqual(value, expected)
        // A library's own values and types have no common form in the cases; that they came out at all is what is compared.
        case (.type, "type"), (.timestamp, "timestamp"), (.duration, "duration"): return true
        case (.opaque, .some(let type)): return type.contains(".")
        default: return false
        }
    }

    private static func isEqual(_ map: CELMap, _ pairs: [JSONValue]) -> Bool {
        pairs.count == map.count
            && pairs.allSatisfy { pair in
                guard let both = pair.arrayValue, both.count == 2 else { return false }
                return map.entries.contains { isEqual($0.key, both[0]) && isEqual($0.value, both[1]) }
            }
    }

    private static func number(_ json: JSONValue?) -> Double? {
        switch json {
        case .integer(let value): Double(value)
        case .number(let value): value
        case .string("Infinity"), .string("+Inf"): .infinity
        case .string("-Infinity"), .string("-Inf"): -.infinity
        default: nil
        }
    }
}
