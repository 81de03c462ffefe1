import Client
import JSON

/// A kubeconfig for reading, without what must not be seen.
enum KubeconfigText {
    static func redacted(_ document: JSONValue) -> JSONValue {
        var document = document
        for (section, member) in [("clusters", "cluster"), ("users", "user")] {
            guard let entries = document[section]?.arrayValue else { continue }
            document[section] = .array(
                entries.map { entry in
                    var entry = entry
                    for name in entry[member]?.objectValue?.names ?? [] {
                        if name.hasSuffix("-data") { entry[member]?[name] = "DATA+OMITTED" }
                        if ["token", "password"].contains(name) { entry[member]?[name] = "REDACTED" }
                    }
                    return entry
                }
            )
        }
        return document
    }

    static func contexts(_ kubeconfig: Kubeconfig) -> TextTable {
        let rows = kubeconfig.names(.contexts).sorted().map { name in
            let context = kubeconfig.context(name)
            return [
                name == kubeconfig.currentContext ? "*" : "", name, context?.cluster ?? "", context?.user ?? "",
                context?.namespace ?? "",
            ]
        }
        return TextTable(header: ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"], rows: rows)
    }
}
