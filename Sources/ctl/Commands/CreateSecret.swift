import ArgumentParser
import Client
import Foundation
import JSON

struct CreateSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "secret",
        abstract: "Creates a secret.",
        subcommands: [CreateGenericSecret.self],
        defaultSubcommand: CreateGenericSecret.self
    )
}

struct CreateGenericSecret: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "generic",
        abstract: "Creates a secret from files and words.",
        discussion: """
            ctl create secret generic console-secret --from-literal=clientSecret=… -n openshift-config
            ctl create secret generic htpass-secret --from-file=htpasswd=users.htpasswd -n openshift-config
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var options: CreationOptions
    @OptionGroup var sources: DataSources
    @Argument var name: String
    @Option(help: "The secret's type.")
    var type = "Opaque"

    func run() async throws {
        let data = try sources.entries().mapValues { JSONValue.string(Data($0).base64EncodedString()) }
        try await connection.withSession { session in
            let resource = APIResource(group: "", version: "v1", kind: "Secret", plural: "secrets", isNamespaced: true)
            let object: JSONValue = [
                "apiVersion": "v1", "kind": "Secret", "metadata": ["name": .string(name)], "type": .string(type),
                "data": .object(JSONObject(data.map { ($0.key, $0.value) })),
            ]
            try await options.create(object, NamedTarget(resource: resource, name: name, namespace: session.namespace), session)
        }
    }
}
