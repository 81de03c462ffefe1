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

struct ListOptionsTests {
    @Test func aContinueKeySurvivesTheClient() throws {
        let token = ContinueToken(revision: 42, namespace: "openshift-config", name: "a?b&c=d")
        #expect(try ContinueToken(token.text) == token)
    }

    @Test(arguments: [
        "continue=x", "limit=-1", "resourceVersion=abc", "timeoutSeconds=1.5", "resourceVersionMatch=Maybe",
        "sendInitialEvents=true",
    ])
    func refuses(_ query: String) {
        #expect(throws: APIStatus.self) { try ListOptions(Query(query)) }
    }

    @Test func anEmptyParameterIsNoParameter() throws {
        let options = try ListOptions(Query("limit=&resourceVersion=&continue="))
        #expect(options.limit == nil && options.resourceVersion == nil && options.next == nil)
    }

    @Test func decodesTheQuery() {
        let query = Query("fieldSelector=metadata.name%3Dcluster&a=b+c&watch&a=second&%zz=1")
        #expect(query["fieldSelector"] == "metadata.name=cluster")
        #expect(query["a"] == "b c")
        #expect(query.flag("watch"))
        #expect(!query.flag("other"))
    }
}
