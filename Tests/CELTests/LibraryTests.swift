import CEL
import Testing

/// Functions that the rules of our own resources do not use.
struct LibraryTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let expression: String
        let value: CELValue
        var testDescription: String { expression }
    }

    static let cases: [Case] = [
        Case(expression: "[1, 2, 3].sum()", value: 6),
        Case(expression: "[1.5, 2.5].sum()", value: 4.0),
        Case(expression: "[1u, 2u].sum() == 3u", value: true),
        Case(expression: "[duration('1m'), duration('1s')].sum() == duration('61s')", value: true),
        Case(expression: "[].sum()", value: 0),
        Case(expression: "dyn([1.5, 1.5]).sum()", value: 3.0),
        Case(expression: "[,] == [] && {,} == {}", value: true),
        Case(expression: "[1, 2,] == [1, 2]", value: true),
        // Equal across the types although their exact values differ: what is a set must not trip over it.
        Case(expression: "[dyn(9007199254740993), dyn(9007199254740992.0)].distinct().size()", value: 1),
        Case(expression: "lists.range(300).map(i, dyn(9007199254740992 + i)).distinct().size() > 100", value: true),
        Case(
            expression: "cidr('10.0.0.0/8').ip() == ip('10.0.0.0') && string(cidr('10.0.0.0/8')) == '10.0.0.0/8'",
            value: true
        ),
        Case(expression: "semver('1.2.3').isLessThan(semver('1.10.0')) && quantity('1Ki').asInteger() == 1024", value: true),
    ]

    @Test(arguments: cases)
    func gives(_ c: Case) throws {
        let program = try Program.compile(c.expression, in: .authentication, variables: [:])
        #expect(try program.evaluate([:]) == c.value)
    }

    @Test(arguments: [
        ("dyn(['a']).sum()", CELEvaluationError.noSuchOverload), ("[9223372036854775807, 1].sum()", .integerOverflow),
        ("([dyn(1)] + [dyn(2.0)]).sum()", .noSuchOverload), ("[18446744073709551615u, 1u].sum()", .unsignedIntegerOverflow),
    ])
    func failsWith(expression: String, error: CELEvaluationError) throws {
        let program = try Program.compile(expression, in: .authentication, variables: [:])
        #expect(throws: error) { try program.evaluate([:]) }
    }

    @Test(arguments: [CELEnvironment.authentication, .schemaRules])
    func kubernetesHasNoEncoders(environment: CELEnvironment) throws {
        let expression = "base64.decode(base64.encode(b'hello')) == b'hello' && base64.decode('aGVsbG8') == b'hello'"
        #expect(throws: CELCompileError.self) { try Program.compile(expression, in: environment, variables: [:]) }
        let program = try Program.compile(expression, in: environment.adding(.encoders), variables: [:])
        #expect(try program.evaluate([:]) == true)
        let refused = try Program.compile("base64.decode('?')", in: environment.adding(.encoders), variables: [:])
        #expect(throws: CELEvaluationError.invalidArgument("illegal base64 data")) { try refused.evaluate([:]) }
    }

    @Test(arguments: [
        "base64.encode(b'a')", "math.least(1, 2)", "cel.bind(a, 1, a)", "regex.extract('a', 'a')", "'a'.reverse()",
        "authorizer.path('/').check('get').allowed()", "isImage('a')", "jsonpatch.escapeKey('a')", "[1].includes(1)",
    ])
    func whatKubernetesDoesNotHaveIsUnknown(expression: String) {
        for environment in [CELEnvironment.authentication, .schemaRules] {
            #expect(throws: CELCompileError.self) { try Program.compile(expression, in: environment, variables: [:]) }
        }
    }
}
