import Foundation
import JSON
import Schema
import Testing
import Web

@testable import API

struct LabelSelectorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        let labels: [String: String]
        let matches: Bool
        var testDescription: String { "\(text) on \(labels)" }
    }

    static let cases = [
        Case(text: "a=b", labels: ["a": "b"], matches: true),
        Case(text: "a==b", labels: ["a": "c"], matches: false),
        Case(text: "a=", labels: ["a": ""], matches: true),
        Case(text: "a!=b", labels: [:], matches: true),
        Case(text: "a!=b", labels: ["a": "b"], matches: false),
        Case(text: "a,!b", labels: ["a": "x"], matches: true),
        Case(text: "a, !b", labels: ["a": "x", "b": ""], matches: false),
        Case(text: "a in (x, y),c", labels: ["a": "y", "c": "1"], matches: true),
        Case(text: "a in (x,y)", labels: [:], matches: false),
        Case(text: "a notin (x,y)", labels: [:], matches: true),
        Case(text: "a notin (x,y)", labels: ["a": "x"], matches: false),
        Case(text: "app.kubernetes.io/name=web", labels: ["app.kubernetes.io/name": "web"], matches: true),
        Case(text: "", labels: [:], matches: true),
    ]

    @Test(arguments: cases)
    func selects(_ c: Case) throws {
        #expect(try LabelSelector(c.text).matches(c.labels) == c.matches)
    }

    @Test(arguments: ["a=b=c", "=b", "a in x", "a within (x)", "a b", "!", "a>(1)"])
    func refuses(_ text: String) {
        #expect(throws: APIStatus.self) { try LabelSelector(text) }
    }
}

struct FieldSelectorTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let text: String
        var plural = "secrets"
        var object: JSONValue = ["metadata": ["name": "a,b=c\\d", "namespace": "n"], "type": "Opaque"]
        let matches: Bool
        var testDescription: String { text }
    }

    private static let event: JSONValue = [
        "metadata": ["name": "e"], "involvedObject": ["name": "cluster", "uid": "1"], "reportingComponent": "ctl",
        "source": ["host": "h"],
    ]

    static let cases = [
        Case(text: #"metadata.name=a\,b\=c\\d"#, matches: true),
        Case(text: #"metadata.name==a\,b\=c\\d,type!=x"#, matches: true),
        Case(text: #",metadata.namespace=n,,type=Opaque,"#, matches: true),
        Case(text: "type!=Opaque", matches: false),
        Case(text: "type=", matches: false),
        Case(text: "", matches: true),
        Case(text: "involvedObject.name=cluster,involvedObject.kind=", plural: "events", object: event, matches: true),
        Case(text: "source=ctl,reportingComponent=ctl", plural: "events", object: event, matches: true),
        Case(text: "source=x", plural: "events", object: ["source": ["component": "x"]], matches: true),
        Case(text: "status.phase=Active", plural: "namespaces", object: ["status": ["phase": "Active"]], matches: true),
        Case(text: "spec.unschedulable=false", plural: "nodes", object: ["spec": [:]], matches: true),
        Case(text: "spec.unschedulable=true", plural: "nodes", object: ["spec": ["unschedulable": true]], matches: true),
    ]

    private static func definition(_ plural: String, group: String = "") throws -> ResourceDefinition {
        try #require(try ResourceCatalog.builtIn().definition(group: group, version: "v1", plural: plural))
    }

    @Test(arguments: cases)
    func selects(_ c: Case) throws {
        let selector = try FieldSelector(c.text)
        try SelectableFields.check(selector, of: try Self.definition(c.plural))
        #expect(selector.matches(c.object) == c.matches)
    }

    @Test(arguments: [
        ("type", "invalid selector: 'type'; can't understand 'type'"),
        (#"a=b,c\=d"#, nil), (#"a=b\,c"#, nil),
        ("a=b=c", "invalid field selector: unescaped character in value: 61"),
        (#"a=b\"#, #"invalid field selector: invalid escape sequence: \"#),
        (#"a=\n"#, #"invalid field selector: invalid escape sequence: \n"#),
        (String(repeating: "a=b,", count: 33), "invalid selector: more than 32 requirements"),
    ])
    func reads(_ text: String, _ problem: String?) throws {
        guard let problem else {
            _ = try FieldSelector(text)
            return
        }
        let error = try #require(throws: APIStatus.self) { try FieldSelector(text) }
        #expect(error.code == 400 && error.message == problem)
    }

    @Test(arguments: [
        ("", "secrets", "data.k", "field label not supported: data.k"),
        ("", "namespaces", "metadata.namespace", "field label not supported: metadata.namespace"),
        ("config.openshift.io", "authentications", "spec.type", "field label not supported: spec.type"),
        (
            "", "configmaps", "data.k",
            #""data.k" is not a known field selector: only "metadata.name", "metadata.namespace""#
        ),
    ])
    func hasTheFieldsOfTheKindOnly(_ group: String, _ plural: String, _ label: String, _ problem: String) throws {
        let definition = try Self.definition(plural, group: group)
        let error = try #require(throws: APIStatus.self) {
            try SelectableFields.check(try FieldSelector("metadata.name=a,\(label)=b"), of: definition)
        }
        #expect(error.code == 400 && error.message == problem)
    }

    @Test(arguments: [
        ("metadata.name=a", "a"), ("metadata.name==a,type=x", "a"), (#"metadata.name=a\,b"#, "a,b"),
        ("metadata.name!=a", nil), ("metadata.name=a,metadata.name=b", nil), ("type=metadata.name", nil),
        ("metadata.name=", nil), ("metadata.name=a,junk", nil),
    ])
    func namesTheOneObject(_ text: String, _ name: String?) throws {
        let all = ResourceTarget(group: "", version: "v1", plural: "secrets", namespace: "n")
        let query = try #require(text.addingPercentEncoding(withAllowedCharacters: .alphanumerics))
        #expect(all.named(by: .list, Query("fieldSelector=\(query)")).name == name)
        #expect(all.named(by: .deleteCollection, Query("fieldSelector=\(query)")).name == nil)
    }
}

struct ListOptionsTests {
    @Test func aContinueKeySurvivesTheClient() throws {
        let token = ContinueToken(revision: 42, namespace: "openshift-config", name: "a?b&c=d")
        #expect(try ContinueToken(token.text) == token)
    }

    @Test(arguments: ["continue=x", "limit=-1", "resourceVersion=abc", "timeoutSeconds=1.5"])
    func refuses(_ query: String) throws {
        for isWatch in [false, true] {
            let error = try #require(throws: APIStatus.self) { try ListOptions(Query(query), isWatch: isWatch) }
            #expect(error.code == 400)
        }
    }

    struct Refusal: CustomTestStringConvertible, Sendable {
        var isWatch = false
        let query: String
        let problems: [String]
        var testDescription: String { "\(isWatch ? "watch" : "list") \(query)" }
    }

    private static let key = "continue=\(ContinueToken(revision: 1, namespace: nil, name: "a").text)"
    private static let match = "resourceVersionMatch: Forbidden: "

    static let refusals = [
        Refusal(
            query: "resourceVersionMatch=NotOlderThan",
            problems: ["\(match)resourceVersionMatch is forbidden unless resourceVersion is provided"]
        ),
        Refusal(
            query: "resourceVersionMatch=Exact&resourceVersion=0",
            problems: ["\(match)resourceVersionMatch \"exact\" is forbidden for resourceVersion \"0\""]
        ),
        Refusal(
            query: "resourceVersionMatch=Maybe&\(key)&sendInitialEvents=false",
            problems: [
                "\(match)resourceVersionMatch is forbidden unless resourceVersion is provided",
                "\(match)resourceVersionMatch is forbidden when continue is provided",
                #"resourceVersionMatch: Unsupported value: "Maybe": supported values: "Exact", "NotOlderThan", """#,
                "sendInitialEvents: Forbidden: sendInitialEvents is forbidden for list",
            ]
        ),
        Refusal(
            isWatch: true,
            query: "sendInitialEvents=true",
            problems: ["\(match)sendInitialEvents requires setting resourceVersionMatch to NotOlderThan"]
        ),
        Refusal(
            isWatch: true,
            query: "sendInitialEvents=false&resourceVersionMatch=Exact&\(key)",
            problems: [
                "\(match)sendInitialEvents requires setting resourceVersionMatch to NotOlderThan",
                #"resourceVersionMatch: Unsupported value: "Exact": supported values: "NotOlderThan""#,
                "\(match)resourceVersionMatch is forbidden when continue is provided",
            ]
        ),
        Refusal(
            isWatch: true,
            query: "resourceVersionMatch=NotOlderThan&resourceVersion=3",
            problems: ["\(match)resourceVersionMatch is forbidden for watch unless sendInitialEvents is provided"]
        ),
    ]

    @Test(arguments: refusals)
    func refusesWhatDoesNotGoTogether(_ c: Refusal) throws {
        let error = try #require(throws: APIStatus.self) { try ListOptions(Query(c.query), isWatch: c.isWatch) }
        #expect(error.code == 422 && error.reason == "Invalid")
        let list = c.problems.joined(separator: ", ")
        let problems = c.problems.count == 1 ? list : "[\(list)]"
        #expect(error.message == "ListOptions.meta.k8s.io \"\" is invalid: \(problems)")
        #expect(error.details?.group == "meta.k8s.io" && error.details?.kind == "ListOptions")
        #expect(error.details?.causes.map { "\($0.field ?? ""): \($0.message)" } == c.problems)
    }

    @Test func aContinueKeyHasItsOwnRevision() throws {
        let error = try #require(throws: APIStatus.self) {
            try ListOptions(Query("\(Self.key)&resourceVersion=7"), isWatch: false)
        }
        #expect(error.code == 400)
        #expect(error.message == "specifying resource version is not allowed when using continue")
    }

    @Test(arguments: [
        (false, "\(key)&resourceVersion=0&limit=5"), (false, "resourceVersion=0&resourceVersionMatch=NotOlderThan"),
        (false, "resourceVersion=7&resourceVersionMatch=Exact"), (true, "resourceVersion=7"),
        (true, "sendInitialEvents=true&resourceVersionMatch=NotOlderThan"),
    ])
    func takes(_ isWatch: Bool, _ query: String) throws {
        _ = try ListOptions(Query(query), isWatch: isWatch)
    }

    @Test func anEmptyParameterIsNoParameter() throws {
        let options = try ListOptions(
            Query("limit=&resourceVersion=&continue=&resourceVersionMatch=&sendInitialEvents="),
            isWatch: false
        )
        #expect(options.limit == nil && options.resourceVersion == nil && options.next == nil)
    }

    @Test func decodesTheQuery() {
        let query = Query("fieldSelector=metadata.name%3Dcluster&a=b+c&watch&a=second&%zz=1")
        #expect(query["fieldSelector"] == "metadata.name=cluster")
        #expect(query["a"] == "b c")
        #expect(query.flag("watch"))
        #expect(!query.flag("other"))
    }

    @Test(arguments: [
        ("watch", true), ("watch=", true), ("watch=true", true), ("watch=1", true), ("watch=maybe", true), ("watch=0", false),
        ("watch=false", false), ("watch=False", false), ("", false),
    ])
    func takesFlagsAsKubernetesDoes(_ query: String, _ isSet: Bool) {
        #expect(Query(query).flag("watch") == isSet)
    }
}
