/// Texts that are rarely expressions.
package enum RandomText {
    private static let words = [
        "claims", "user", "x", "1", "-1", "0", "2u", "1.5", "'a'", "b'\\xff'", "r'('", "null", "true", "false",
        "9223372036854775807", "9007199254740993", "1e308", "0x7f", "'''", "`a-b`", "//", "\n",
        "+", "-", "*", "/", "%", "==", "!=", "<", ">=", "&&", "||", "!", "?", ":", "in", "(", ")", "[", "]", "{", "}", ",", ".",
        ".?", "[?", ".size()", ".map(x, x)", ".filter(x, true)", ".all(i, v, i == v)", ".exists(x, x == 1)", ".optMap(x, x)",
        ".orValue(1)", ".matches('a')", ".split(',')", ".replace('', 'b')", ".substring(1)", ".format([1])", ".sort()",
        ".flatten()", ".sum()", ".min()", ".distinct()", ".join()", ".findAll('a*')", ".sortBy(x, x)", ".first()",
        "has(claims.a)", "dyn(", "int(", "string(", "timestamp(0)", "duration('1s')", "type(", "optional.of(",
        "optional.none()", "quantity('1')", "ip('::1')", "cidr('10.0.0.0/8')", "semver('1.0.0')", "url('https://a')",
        "lists.range(3)", "sets.contains([1], [1])", ".transformMap(k, v, v)", ".transformMapEntry(k, v, {v: k})",
        "claims.a", "claims.b", "claims.c", ".getHours('UTC')", "'%s'", "'%d'", "@", "\\", "\"", "\u{301}", "é",
        "google.protobuf.Int64Value{value: 1}",
    ]

    package static func words(_ numbers: inout SeededNumbers) -> String {
        (0..<(1 + numbers.below(12))).map { _ in numbers.pick(words) }.joined()
    }

    package static func bytes(_ numbers: inout SeededNumbers) -> String {
        String(decoding: (0..<numbers.below(60)).map { _ in UInt8.random(in: 0...255, using: &numbers) }, as: UTF8.self)
    }
}
