import ArgumentParser
import Client
import Foundation
import JSON

struct CreateConfigMap: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "configmap",
        abstract: "Creates a config map from files and words.",
        discussion: "ctl create configmap idp-ca --from-file=ca-bundle.crt=ca.crt -n openshift-config",
        aliases: ["cm"]
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: CreationOptions
    @OptionGroup var sources: DataSources
    @Argument var name: String

    func run() async throws {
        let object = Self.object(name, try sources.entries())
        try await connection.withSession { session in
            let resource = APIResource(group: "", version: "v1", kind: "ConfigMap", plural: "configmaps", isNamespaced: true)
            try await options.create(object, NamedTarget(resource: resource, name: name, namespace: session.namespace), session)
        }
    }

    /// Text goes to `data`; what is not UTF-8 to `binaryData`.
    static func object(_ name: String, _ entries: [String: [UInt8]]) -> JSONValue {
        var object: JSONValue = ["apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name)]]
        for (key, bytes) in entries {
            let text = String(validating: bytes, as: UTF8.self)
            let member = text == nil ? "binaryData" : "data"
            var content = object[member] ?? [:]
            content[key] = .string(text ?? Data(bytes).base64EncodedString())
            object[member] = content
        }
        return object
    }
}
