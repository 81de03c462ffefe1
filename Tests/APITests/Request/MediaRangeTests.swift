import Testing

@testable import API

struct MediaRangeTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let accept: String?
        let form: ObjectForm?
        var discovery: String?
        var isYAML = false
        var testDescription: String { accept ?? "no header" }
    }

    static let cases = [
        Case(accept: nil, form: .whole),
        Case(accept: "application/json", form: .whole),
        Case(accept: "application/json, */*", form: .whole),
        Case(accept: "application/vnd.kubernetes.protobuf,application/json", form: .whole),
        Case(accept: "application/vnd.kubernetes.protobuf", form: nil),
        Case(accept: "text/html", form: nil),
        Case(accept: "application/yaml", form: .whole, isYAML: true),
        Case(accept: "text/html,application/yaml,application/json", form: .whole, isYAML: true),
        Case(accept: "application/json,application/yaml", form: .whole),
        Case(accept: "application/yaml;as=Table;v=v1;g=meta.k8s.io", form: .table, isYAML: true),
        Case(accept: "application/yaml;as=Table;v=v9;g=meta.k8s.io,*/*", form: .whole),
        Case(accept: "application/yaml;q=0.5,application/json", form: .whole),
        Case(accept: "application/json;q=0.5,application/yaml;q=0.9", form: .whole, isYAML: true),
        Case(accept: "application/json;q=0.5,application/yaml;q=0.5", form: .whole),
        Case(accept: "application/json;q=0,application/yaml", form: .whole, isYAML: true),
        Case(accept: "application/json;q=0", form: nil),
        Case(accept: "application/yaml;q=much,application/json", form: .whole, isYAML: true),
        Case(
            accept:
                "application/json;as=Table;v=v1;g=meta.k8s.io,application/json;as=Table;v=v1beta1;g=meta.k8s.io,application/json",
            form: .table
        ),
        Case(accept: "application/json;as=Table;v=v9;g=meta.k8s.io,application/json", form: .whole),
        Case(accept: "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1", form: .metadata),
        Case(
            accept: "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,application/json",
            form: .whole,
            discovery: "v2"
        ),
        Case(
            accept: "application/json; g=apidiscovery.k8s.io; v=v2beta1; as=APIGroupDiscoveryList",
            form: nil,
            discovery: "v2beta1"
        ),
    ]

    @Test(arguments: cases)
    func chooses(_ c: Case) {
        let list = MediaRange.List(c.accept)
        #expect(list.objectForm == c.form)
        #expect(list.aggregatedDiscovery == c.discovery)
        #expect(list.wantsYAML == c.isYAML)
    }
}
