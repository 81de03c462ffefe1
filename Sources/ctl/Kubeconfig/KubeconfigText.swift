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

    /// Only a context, its cluster and its user; nil: the current context.
    static func minified(_ kubeconfig: Kubeconfig, context name: String?) throws(CommandFailure) -> Kubeconfig {
        guard let name = name ?? kubeconfig.currentContext else { throw CommandFailure("current-context is not set") }
        guard let context = kubeconfig.context(name) else {
            throw CommandFailure("context \"\(name)\" does not exist; ctl config get-contexts lists them")
        }
        var minified = kubeconfig
        minified.currentContext = name
        let kept: [Kubeconfig.Section: String] = [.contexts: name, .clusters: context.cluster, .users: context.user]
        for section in Kubeconfig.Section.allCases {
            for other in kubeconfig.names(section) where other != kept[section] { minified[section, other] = nil }
        }
        return minified
    }

    static func names(_ kubeconfig: Kubeconfig, _ section: Kubeconfig.Section) -> TextTable {
        TextTable(header: ["NAME"], rows: kubeconfig.names(section).sorted().map { [$0] })
    }

    static func contexts(_ kubeconfig: Kubeconfig, _ names: [String]) -> TextTable {
        let rows = names.map { name in
            let context = kubeconfig.context(name)
            return [
                name == kubeconfig.currentContext ? "*" : "", name, context?.cluster ?? "", context?.user ?? "",
                context?.namespace ?? "",
            ]
        }
        return TextTable(header: ["CURRENT", "NAME", "CLUSTER", "AUTHINFO", "NAMESPACE"], rows: rows)
    }
}
