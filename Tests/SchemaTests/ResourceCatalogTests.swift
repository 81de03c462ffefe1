import JSON
import Schema
import Testing

struct ResourceCatalogTests {
    static let names: [(String, [String])] = [
        ("authentication", ["Authentication"]), ("authentications", ["Authentication"]), ("Authentication", ["Authentication"]),
        ("authentication.config", ["Authentication"]), ("authentication.config.openshift.io", ["Authentication"]),
        ("authentications.v1.config.openshift.io", ["Authentication"]), ("co", ["ClusterOperator"]), ("cm", ["ConfigMap"]),
        ("no", ["Node"]), ("secret", ["Secret"]), ("group", ["Group"]), ("kubeapiservers.operator", ["KubeAPIServer"]),
        ("authentication.conf", []), ("nothing", []), ("", []),
    ]

    @Test(arguments: names) func findsByWhatPeopleSay(_ name: String, _ kinds: [String]) throws {
        #expect(try ResourceCatalog.builtIn().definitions(named: name).map(\.kind) == kinds)
    }

    @Test func knowsEveryKind() throws {
        let catalog = try ResourceCatalog.builtIn()
        #expect(catalog.definitions.count == 24)
        for definition in catalog.definitions {
            #expect(
                definition.openAPISchema.value(at: "properties", "metadata", "properties", "name") != nil,
                "\(definition.kind)"
            )
            #expect(definition.openAPISchema["description"]?.stringValue?.isEmpty == false, "\(definition.kind)")
            #expect(catalog.definition(apiVersion: definition.apiVersion, kind: definition.kind)?.plural == definition.plural)
        }
    }

    @Test func theColumnsOfAuthentication() throws {
        let definition = try #require(
            try ResourceCatalog.builtIn().definition(group: "config.openshift.io", plural: "authentications")
        )
        #expect(
            definition.printerColumns.map(\.name) == [
                "Type", "Revision", "Provider", "Available", "Progressing", "Degraded", "Age",
            ]
        )
        #expect(definition.requiredName == "cluster")
        #expect(definition.qualifiedKind == "Authentication.config.openshift.io")
    }
}
