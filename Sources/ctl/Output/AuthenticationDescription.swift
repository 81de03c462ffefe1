import Foundation
import JSON

/// `ctl describe authentication`: the configuration, who set it, what became of it, and where it runs.
struct AuthenticationDescription {
    let object: JSONValue
    let rollout: RolloutView
    let now: Date
    let style: TextStyle

    var text: String {
        [header, providers, conditions, clients, nodes].filter { !$0.isEmpty }.joined(separator: "\n")
    }

    private var spec: JSONValue { object["spec"] ?? [:] }

    private var header: String {
        let metadata = object["metadata"] ?? [:]
        let annotations = metadata["annotations"]
        var lines: [(String, String)] = [
            ("Name", metadata["name"]?.stringValue ?? ""), ("API Version", object["apiVersion"]?.stringValue ?? ""),
            ("Kind", object["kind"]?.stringValue ?? ""), ("Mode", mode), ("Revision", rollout.summary),
        ]
        if let generation = metadata["generation"]?.integerValue { lines.append(("Generation", "\(generation)")) }
        if let who = annotations?["postern.dev/changed-by"]?.stringValue {
            let tool = annotations?["postern.dev/changed-with"]?.stringValue.map { " with \($0)" } ?? ""
            lines.append(("Changed By", who + tool))
        }
        if let cause = annotations?["kubernetes.io/change-cause"]?.stringValue { lines.append(("Change Cause", cause)) }
        if let webhook = spec.value(at: "webhookTokenAuthenticator", "kubeConfig", "name")?.stringValue {
            lines.append(("Webhook", "secret \(webhook) in openshift-config"))
        }
        if let issuer = spec["serviceAccountIssuer"]?.stringValue, !issuer.isEmpty {
            lines.append(("Service Account Issuer", issuer))
        }
        return FieldLines.text(lines)
    }

    private var mode: String {
        switch spec["type"]?.stringValue ?? "" {
        case "OIDC": "OIDC (tokens of the providers below)"
        case "None": "None (no tokens of users)"
        case let type: "\(type.isEmpty ? "IntegratedOAuth" : type) (the built-in OAuth server)"
        }
    }

    private var providers: String {
        (spec["oidcProviders"]?.arrayValue ?? []).map(provider).joined(separator: "\n")
    }

    private func provider(_ provider: JSONValue) -> String {
        let issuer = provider["issuer"]
        let mappings = provider["claimMappings"]
        var lines: [(String, String)] = [("Issuer URL", issuer?["issuerURL"]?.stringValue ?? "")]
        if let discovery = issuer?["discoveryURL"]?.stringValue, !discovery.isEmpty {
            lines.append(("Discovery URL", discovery))
        }
        lines.append(("Audiences", (issuer?["audiences"]).stringValues.joined(separator: ", ")))
        lines.append(Self.keys(issuer))
        lines.append(("Username", Self.username(mappings?["username"])))
        if let groups = mappings?["groups"] {
            lines.append(("Groups", Self.mapping(groups, prefix: groups["prefix"]?.stringValue)))
        }
        if let uid = mappings?["uid"] { lines.append(("UID", Self.mapping(uid, prefix: nil))) }
        for extra in mappings?["extra"]?.arrayValue ?? [] {
            lines.append(("Extra \(extra["key"]?.stringValue ?? "")", extra["valueExpression"]?.stringValue ?? ""))
        }
        if mappings?["reservedNamePolicy"] == "Allow" {
            lines.append(("Reserved Names", "names that begin with system: pass"))
        }
        for rule in provider["claimValidationRules"]?.arrayValue ?? [] { lines.append(("Claim Rule", Self.rule(rule))) }
        for rule in provider["userValidationRules"]?.arrayValue ?? [] { lines.append(("User Rule", Self.rule(rule))) }
        for source in provider["externalClaimsSources"]?.arrayValue ?? [] {
            lines.append(
                ("External Claims", source["name"]?.stringValue ?? source.value(at: "url", "hostname")?.stringValue ?? "yes")
            )
        }
        for client in provider["oidcClients"]?.arrayValue ?? [] { lines.append(("Client", Self.client(client))) }
        return style.strong("Provider \(PrintableText.cell(provider["name"]?.stringValue ?? ""))") + "\n"
            + FieldLines.text(lines, indent: 2)
    }

    /// Where the keys come from, or what is trusted when they are fetched.
    private static func keys(_ issuer: JSONValue?) -> (String, String) {
        if let name = issuer?.value(at: "staticKeys", "name")?.stringValue, !name.isEmpty {
            return ("Keys", "configmap \(name) in openshift-config, nothing is fetched")
        }
        let authority = issuer?.value(at: "issuerCertificateAuthority", "name")?.stringValue ?? ""
        return ("Authority", authority.isEmpty ? "the system's roots" : "configmap \(authority) in openshift-config")
    }

    private static func username(_ mapping: JSONValue?) -> String {
        guard let mapping else { return "<none>" }
        switch mapping["prefixPolicy"]?.stringValue ?? "" {
        case "Prefix": return Self.mapping(mapping, prefix: mapping.value(at: "prefix", "prefixString")?.stringValue)
        case "NoPrefix": return Self.mapping(mapping, prefix: nil) + ", without a prefix"
        default: return Self.mapping(mapping, prefix: nil) + ", prefixed with the issuer's URL unless it is the e-mail address"
        }
    }

    private static func mapping(_ mapping: JSONValue, prefix: String?) -> String {
        let source =
            mapping["expression"]?.stringValue.map { "expression \($0)" } ?? "claim \(mapping["claim"]?.stringValue ?? "")"
        guard let prefix, !prefix.isEmpty else { return source }
        return "\(source), prefix \"\(prefix)\""
    }

    private static func rule(_ rule: JSONValue) -> String {
        if let required = rule["requiredClaim"] {
            return "claim \(required["claim"]?.stringValue ?? "") must be \"\(required["requiredValue"]?.stringValue ?? "")\""
        }
        let expression = rule.value(at: "cel", "expression") ?? rule["expression"]
        return expression?.stringValue ?? JSONWriter.text(of: rule)
    }

    private static func client(_ client: JSONValue) -> String {
        let component = "\(client["componentNamespace"]?.stringValue ?? "")/\(client["componentName"]?.stringValue ?? "")"
        var text = "\(client["clientID"]?.stringValue ?? "") for \(component)"
        if let secret = client.value(at: "clientSecret", "name")?.stringValue, !secret.isEmpty { text += ", secret \(secret)" }
        let scopes = client["extraScopes"].stringValues
        return scopes.isEmpty ? text : text + ", extra scopes \(scopes.joined(separator: " "))"
    }

    // MARK: - Status

    private var conditions: String {
        ConditionTable.text(
            object.value(at: "status", "conditions"),
            generation: object.value(at: "metadata", "generation"),
            now: now
        )
    }

    private var clients: String {
        let rows = (object.value(at: "status", "oidcClients")?.arrayValue ?? []).compactMap { client -> [String]? in
            guard let current = client["currentOIDCClients"]?.arrayValue?.first else { return nil }
            return [
                "  \(client["componentNamespace"]?.stringValue ?? "")/\(client["componentName"]?.stringValue ?? "")",
                current["oidcProviderName"]?.stringValue ?? "", current["clientID"]?.stringValue ?? "",
            ]
        }
        guard !rows.isEmpty else { return "" }
        return "Components:\n" + TextTable(header: ["  COMPONENT", "PROVIDER", "CLIENT ID"], rows: rows).text()
    }

    private var nodes: String {
        guard !rollout.workers.isEmpty else { return "" }
        return "Nodes:\n" + rollout.table(style: .plain).text().split(separator: "\n").map { "  \($0)\n" }.joined()
    }
}
