import JSON
import Testing

@testable import FieldManagement

struct FieldSetTests {
    /// As kubectl shows it with --show-managed-fields.
    @Test(
        arguments: [
            #"{}"#, #"{"f:spec":{"f:type":{}}}"#, #"{"f:metadata":{"f:annotations":{".":{},"f:a.b/c":{}}}}"#,
            #"{"f:spec":{"f:providers":{"k:{\"name\":\"p\"}":{".":{},"f:name":{},"f:url":{}}}}}"#,
            #"{"f:list":{"i:0":{},"v:\"x\"":{},"v:1":{},"v:{\"a\":null}":{}}}"#,
        ]
    )
    func readsAndWritesRecords(_ text: String) throws {
        let value = try JSONParser.parse(text)
        let set = try #require(FieldSet(fieldsV1: value))
        #expect(set.fieldsV1 == value)
    }

    @Test(arguments: [
        #"[]"#, #"{"spec":{}}"#, #"{"f:a":1}"#, #"{"x:a":{}}"#, #"{"k:[]":{}}"#, #"{"i:x":{}}"#, #"{"v:":{}}"#, #"{"":{}}"#,
    ])
    func refusesWhatIsNoRecord(_ text: String) throws {
        #expect(FieldSet(fieldsV1: try JSONParser.parse(text)) == nil)
    }

    /// The laws of sets, over all subsets of a few places.
    @Test func isASet() {
        let paths: [[PathElement]] = [
            [.field("a")], [.field("a"), .field("b")], [.field("a"), .value(1)], [.field("c"), .key(["n": "x"]), .field("d")],
        ]
        let sets = (0..<(1 << paths.count)).map { bits in
            FieldSet(paths.indices.filter { bits >> $0 & 1 == 1 }.map { paths[$0] })
        }
        for (i, a) in sets.enumerated() {
            #expect(Set(a.paths) == Set(paths.indices.filter { i >> $0 & 1 == 1 }.map { paths[$0] }))
            for (j, b) in sets.enumerated() {
                #expect(a.union(b) == sets[i | j])
                #expect(a.intersection(b) == sets[i & j])
                #expect(a.subtracting(b) == sets[i & ~j])
            }
        }
    }

    @Test func readsOnlyEntriesThatAreSome() {
        let managed = ManagedFields([
            ["manager": "a", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": ["f:x": [:]]],
            ["manager": "a", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": ["f:y": [:]]],
            ["manager": "b", "operation": "Apply", "apiVersion": "v1", "fieldsType": "FieldsV2", "fieldsV1": ["f:x": [:]]],
            ["manager": "c", "operation": "Take", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": ["f:x": [:]]],
            ["manager": "d", "operation": "Update", "apiVersion": "v1", "fieldsType": "FieldsV1", "fieldsV1": "no"], 7,
        ])
        #expect(managed.entries.keys.map(\.name) == ["a"])
        #expect(managed.all.elements == [.field("x"), .field("y")])
        #expect(ManagedFields(nil).value == nil)
    }
}
