import CEL
import Foundation
import JSON

/// CEL expressions as cel-go evaluates them in the environment of the Kubernetes authenticator.
enum ExpressionFamily {
    private static let variables = ["claims": AuthenticationVariables.claims, "user": AuthenticationVariables.user]

    static func judge(_ one: ConformanceCase) -> Verdict {
        guard let expression = one.value["expression"]?.stringValue, let name = one.value["var"]?.stringValue,
            let type = variables[name]
        else { return .skipped("without an expression") }
        if let wanted = one.value["wantErrorContains"] { return judgeUse(one, expression, [name: type], wanted.stringValue) }
        guard let want = one.value["want"], let result = want["result"]?.stringValue else { return .skipped("no expectation") }
        let program: Program
        do throws(CELCompileError) {
            program = try Program.compile(expression, in: .authentication, variables: [name: type])
        } catch {
            return result == "compileError" ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "\(error)")
        }
        do throws(CELEvaluationError) {
            let value = try program.evaluate(bindings(one, name))
            let agrees = result == "value" && isEqual(value, want["value"])
            return agrees ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "\(value)")
        } catch {
            return result == "evalError" ? .passed : .failed(expected: JSONWriter.text(of: want), actual: "\(error)")
        }
    }

    /// Cases about the use that the authenticator makes of an expression: conditions must give a bool.
    private static func judgeUse(
        _ one: ConformanceCase,
        _ expression: String,
        _ variables: [String: CELType],
        _ wanted: String?
    ) -> Verdict {
        let isCondition = one.value["accessor"]?.stringValue?.hasSuffix("ValidationCondition") ?? false
        var problem: String?
        do throws(CELCompileError) {
            let program = try Program.compile(expression, in: .authentication, variables: variables)
            if isCondition, program.resultType != .bool { problem = "must evaluate to bool" }
        } catch {
            problem = "compilation failed: \(error)"
        }
        let agrees = wanted.map { problem?.contains($0) ?? false } ?? (problem == nil)
        return agrees ? .passed : .failed(expected: wanted ?? "no error", actual: problem ?? "no error")
    }

    private static func bindings(_ one: ConformanceCase, _ name: String) -> [String: CELValue] {
        [name: one.value[name].map(value) ?? .emptyMap]
    }

    /// Whether the run costs what it costs there, with a tenth of tolerance; nil for cases without a cost.
    static func isPricedAlike(_ one: ConformanceCase) -> Bool? {
        guard let expression = one.value["expression"]?.stringValue, let name = one.value["var"]?.stringValue,
            let type = variables[name], let wanted = one.value.value(at: "want", "cost")?.integerValue
        else { return nil }
        do throws(CELCompileError) {
            let program = try Program.compile(expression, in: .authentication, variables: [name: type])
            let cost = program.measure(bindings(one, name)).cost
            return (Double(cost) - Double(wanted)).magnitude <= Double(wanted) / 10
        } catch {
            return false
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
        case (.type(let type), "type"): return expected?.stringValue == type.runtimeName
        case (.timestamp(let time), "timestamp"): return expected?.stringValue == "\(time)"
        case (.duration(let duration), "duration"): return expected?.stringValue == "\(duration)"
        case (.opaque(let value), .some(let type)): return expected?.stringValue == value.text && type == "\(value.type)"
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
