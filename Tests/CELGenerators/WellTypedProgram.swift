/// Random expressions that the checker must accept.
package struct WellTypedProgram {
    private var numbers: SeededNumbers
    /// The names of variables by what they hold.
    private var scope: [(name: String, kind: Kind)] = []
    private var nextName = 0

    package enum Kind: CaseIterable {
        case bool, int, uint, double, string, bytes, timestamp, duration, ints, strings, map, optional
    }

    package static func expression(_ numbers: inout SeededNumbers) -> String {
        var program = WellTypedProgram(numbers: numbers)
        let text = program.make(program.numbers.pick(Kind.allCases), depth: 5)
        numbers = program.numbers
        return text
    }

    private mutating func make(_ kind: Kind, depth: Int) -> String {
        if depth > 0, numbers.below(12) == 0 {
            return "(\(make(.bool, depth: depth - 1)) ? \(make(kind, depth: depth - 1)) : \(leaf(kind)))"
        }
        return depth <= 0 ? leaf(kind) : compound(kind, depth - 1)
    }

    private mutating func leaf(_ kind: Kind) -> String {
        let names = scope.filter { $0.kind == kind }.map(\.name)
        if !names.isEmpty, numbers.below(2) == 0 { return numbers.pick(names) }
        switch kind {
        case .bool: return numbers.pick(["true", "false"])
        case .int: return numbers.pick(["0", "1", "-1", "7", "1000", "9223372036854775807", "-9223372036854775808", "0x10"])
        case .uint: return numbers.pick(["0u", "1u", "18446744073709551615u"])
        case .double: return numbers.pick(["0.0", "1.5", "-2e10", "1e308", "double('NaN')", "9007199254740993.0"])
        case .string: return numbers.pick(["''", "'a'", "'a,b,c'", "'äöü😀'", "user.username", "r'\\d+'", "\"x\\n\""])
        case .bytes: return numbers.pick(["b''", "b'\\xff\\x00'", "b'abc'"])
        case .timestamp: return numbers.pick(["timestamp(0)", "timestamp('2024-02-29T12:00:00.5Z')"])
        case .duration: return numbers.pick(["duration('1h1m1s')", "duration('-1ns')"])
        case .ints: return numbers.pick(["[1, 2, 3]", "[3, 1, 2, 1]", "lists.range(5)", "[0]"])
        case .strings: return numbers.pick(["user.groups", "['b', 'a']", "['']"])
        case .map: return numbers.pick(["{'a': 1, 'b': 2}", "{'k': 0}"])
        case .optional: return numbers.pick(["optional.of(1)", "optional.none()", "[1][?0]"])
        }
    }

    private mutating func compound(_ kind: Kind, _ depth: Int) -> String {
        switch kind {
        case .bool: return bool(depth)
        case .int: return int(depth)
        case .uint:
            return "(\(make(.uint, depth: depth)) \(numbers.pick(["+", "-", "*", "/", "%"])) \(make(.uint, depth: depth)))"
        case .double:
            let operation = numbers.pick(["+", "-", "*", "/"])
            return "(\(make(.double, depth: depth)) \(operation) \(make(.double, depth: depth)))"
        case .string: return string(depth)
        case .bytes:
            return numbers.below(2) == 0
                ? "(\(make(.bytes, depth: depth)) + \(make(.bytes, depth: depth)))" : "bytes(\(make(.string, depth: depth)))"
        case .timestamp:
            return "(\(make(.timestamp, depth: depth)) \(numbers.pick(["+", "-"])) \(make(.duration, depth: depth)))"
        case .duration:
            return numbers.below(2) == 0
                ? "(\(make(.duration, depth: depth)) + \(make(.duration, depth: depth)))"
                : "(\(make(.timestamp, depth: depth)) - \(make(.timestamp, depth: depth)))"
        case .ints: return ints(depth)
        case .strings: return strings(depth)
        case .map:
            return numbers.below(2) == 0
                ? "{\(make(.string, depth: depth)): \(make(.int, depth: depth))}"
                : bind(.string, .int, over: make(.map, depth: depth)) {
                    "\($1).transformMap(\($2), \($3), \($0.make(.int, depth: depth)))"
                }
        case .optional:
            return numbers.below(2) == 0
                ? "\(make(.map, depth: depth))[?\(make(.string, depth: depth))]"
                : bind(.int, over: make(.optional, depth: depth)) {
                    "\($1).optMap(\($2), \($0.make(.int, depth: depth)))"
                }
        }
    }

    private mutating func bool(_ depth: Int) -> String {
        switch numbers.below(11) {
        case 0: return "(\(make(.bool, depth: depth)) && \(make(.bool, depth: depth)))"
        case 1: return "(\(make(.bool, depth: depth)) || \(make(.bool, depth: depth)))"
        case 2: return "!\(make(.bool, depth: depth))"
        case 3:
            let kind = numbers.pick([Kind.int, .uint, .double, .string, .bytes, .timestamp, .duration, .bool])
            return "(\(make(kind, depth: depth)) \(numbers.pick(["<", "<=", ">", ">="])) \(make(kind, depth: depth)))"
        case 4:
            let kind = numbers.pick(Kind.allCases)
            return "(\(make(kind, depth: depth)) \(numbers.pick(["==", "!="])) \(make(kind, depth: depth)))"
        case 5: return "(\(make(.int, depth: depth)) in \(make(.ints, depth: depth)))"
        case 6:
            let macro = numbers.pick(["all", "exists", "exists_one"])
            return bind(.int, over: make(.ints, depth: depth)) {
                "\($1).\(macro)(\($2), \($0.make(.bool, depth: depth)))"
            }
        case 7:
            return "\(make(.string, depth: depth)).\(numbers.pick(["startsWith", "endsWith", "contains"]))(\(leaf(.string)))"
        case 8: return "\(make(.string, depth: depth)).matches('\(numbers.pick(["a+", "^[a-z]*$", "(a|b)*c", ".*"]))')"
        case 9:
            return
                "sets.\(numbers.pick(["contains", "equivalent", "intersects"]))(\(make(.ints, depth: depth)), \(leaf(.ints)))"
        default: return "\(make(.optional, depth: depth)).hasValue()"
        }
    }

    private mutating func int(_ depth: Int) -> String {
        switch numbers.below(8) {
        case 0: return "size(\(make(numbers.pick([Kind.string, .bytes, .ints, .strings, .map]), depth: depth)))"
        case 1: return "int(\(make(numbers.pick([Kind.uint, .double, .timestamp, .int]), depth: depth)))"
        case 2: return "\(make(.ints, depth: depth)).\(numbers.pick(["min", "max", "sum"]))()"
        case 3: return "\(make(.ints, depth: depth))[\(leaf(.int))]"
        case 4: return "\(make(.optional, depth: depth)).orValue(\(make(.int, depth: depth)))"
        case 5: return "\(make(.string, depth: depth)).\(numbers.pick(["indexOf", "lastIndexOf"]))(\(leaf(.string)))"
        default:
            let operation = numbers.pick(["+", "-", "*", "/", "%"])
            return "(\(make(.int, depth: depth)) \(operation) \(make(.int, depth: depth)))"
        }
    }

    private mutating func string(_ depth: Int) -> String {
        switch numbers.below(9) {
        case 0: return "(\(make(.string, depth: depth)) + \(make(.string, depth: depth)))"
        case 1:
            return
                "string(\(make(numbers.pick([Kind.int, .uint, .double, .timestamp, .duration, .bytes, .bool]), depth: depth)))"
        case 2: return "\(make(.string, depth: depth)).\(numbers.pick(["lowerAscii", "upperAscii", "trim"]))()"
        case 3: return "\(make(.string, depth: depth)).replace(\(leaf(.string)), \(make(.string, depth: depth)))"
        case 4: return "\(make(.strings, depth: depth)).join(\(leaf(.string)))"
        case 5: return "'%s %s'.format([\(make(numbers.pick(Kind.allCases), depth: depth)), \(make(.string, depth: depth))])"
        case 6: return "\(make(.string, depth: depth)).substring(\(leaf(.int)))"
        case 7: return "\(make(.string, depth: depth)).find('[a-c]+')"
        default: return "\(make(.string, depth: depth)).charAt(\(leaf(.int)))"
        }
    }

    private mutating func ints(_ depth: Int) -> String {
        switch numbers.below(6) {
        case 0: return "(\(make(.ints, depth: depth)) + \(make(.ints, depth: depth)))"
        case 1:
            return bind(.int, over: make(.ints, depth: depth)) {
                "\($1).map(\($2), \($0.make(.int, depth: depth)))"
            }
        case 2:
            return bind(.int, over: make(.ints, depth: depth)) {
                "\($1).filter(\($2), \($0.make(.bool, depth: depth)))"
            }
        case 3:
            return bind(.int, over: make(.ints, depth: depth)) {
                "\($1).sortBy(\($2), \($0.make(.int, depth: depth)))"
            }
        case 4: return "\(make(.ints, depth: depth)).\(numbers.pick(["sort", "distinct", "reverse"]))()"
        default: return "[\(make(.ints, depth: depth)), \(make(.ints, depth: depth))].flatten()"
        }
    }

    private mutating func strings(_ depth: Int) -> String {
        switch numbers.below(4) {
        case 0: return "\(make(.string, depth: depth)).split(\(leaf(.string)))"
        case 1:
            return bind(.string, over: make(.strings, depth: depth)) {
                "\($1).map(\($2), \($0.make(.string, depth: depth)))"
            }
        case 2: return "\(make(.string, depth: depth)).findAll('\\\\w')"
        default: return "[\(make(.string, depth: depth)), \(make(.string, depth: depth))]"
        }
    }

    // MARK: - Variables

    /// The range is made before the variable is there.
    private mutating func bind(
        _ kind: Kind,
        over range: String,
        _ body: (inout WellTypedProgram, String, String) -> String
    ) -> String {
        let name = fresh(kind)
        defer { scope.removeLast() }
        return body(&self, range, name)
    }

    private mutating func bind(
        _ first: Kind,
        _ second: Kind,
        over range: String,
        _ body: (inout WellTypedProgram, String, String, String) -> String
    ) -> String {
        let names = (fresh(first), fresh(second))
        defer { scope.removeLast(2) }
        return body(&self, range, names.0, names.1)
    }

    private mutating func fresh(_ kind: Kind) -> String {
        nextName += 1
        scope.append(("v\(nextName)", kind))
        return "v\(nextName)"
    }
}
