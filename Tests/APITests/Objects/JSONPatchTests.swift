import JSON
import Testing
import Web

@testable import API

struct JSONPatchTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let patch: String
        /// nil: refused.
        let result: String?
        var testDescription: String { patch }
    }

    static let document = #"{"a":{"b":[1,2]},"x/y":"z"}"#

    static let cases = [
        Case(patch: #"[]"#, result: document),
        Case(patch: #"[{"op":"add","path":"/c","value":1}]"#, result: #"{"a":{"b":[1,2]},"c":1,"x/y":"z"}"#),
        Case(patch: #"[{"op":"add","path":"/a/b/0","value":0}]"#, result: #"{"a":{"b":[0,1,2]},"x/y":"z"}"#),
        Case(patch: #"[{"op":"add","path":"/a/b/-","value":3}]"#, result: #"{"a":{"b":[1,2,3]},"x/y":"z"}"#),
        Case(patch: #"[{"op":"add","path":"/a/b/3","value":3}]"#, result: nil),
        Case(patch: #"[{"op":"add","path":"/n/m","value":3}]"#, result: nil),
        Case(patch: #"[{"op":"remove","path":"/x~1y"}]"#, result: #"{"a":{"b":[1,2]}}"#),
        Case(patch: #"[{"op":"remove","path":"/a/b/1"}]"#, result: #"{"a":{"b":[1]},"x/y":"z"}"#),
        Case(patch: #"[{"op":"remove","path":"/nothing"}]"#, result: nil),
        Case(patch: #"[{"op":"replace","path":"/a/b/0","value":9}]"#, result: #"{"a":{"b":[9,2]},"x/y":"z"}"#),
        Case(patch: #"[{"op":"replace","path":"/q","value":9}]"#, result: nil),
        Case(patch: #"[{"op":"move","from":"/x~1y","path":"/a/c"}]"#, result: #"{"a":{"b":[1,2],"c":"z"}}"#),
        Case(patch: #"[{"op":"copy","from":"/a/b/1","path":"/d"}]"#, result: #"{"a":{"b":[1,2]},"d":2,"x/y":"z"}"#),
        Case(patch: #"[{"op":"test","path":"/a/b/0","value":1}]"#, result: document),
        Case(patch: #"[{"op":"test","path":"/a/b/0","value":2}]"#, result: nil),
        Case(patch: #"[{"op":"replace","path":"","value":{"k":1}}]"#, result: #"{"k":1}"#),
        Case(patch: #"[{"op":"jump","path":"/a"}]"#, result: nil),
        Case(patch: #"[{"op":"add","path":"a","value":1}]"#, result: nil),
        Case(patch: #"[{"op":"add","path":"/a/b/01","value":1}]"#, result: nil),
        Case(patch: #"{"op":"add"}"#, result: nil),
    ]

    @Test(arguments: cases)
    func applies(_ c: Case) throws {
        let document = try JSONParser.parse(Self.document)
        let patch = try JSONParser.parse(c.patch)
        let apply = { () throws(APIStatus) in try JSONPatchOperation.apply(try JSONPatchOperation.list(patch), to: document) }
        if let result = c.result {
            #expect(try JSONWriter.text(of: apply()) == result)
        } else {
            #expect(throws: APIStatus.self) { try apply() }
        }
    }
}
