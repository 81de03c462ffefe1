import Schema

/// `Authentication.status.oidcClients`: how the console and the command line tools stand with the provider.
///
/// Both entries are always there, whatever the mode: the schema lets `oidcClients` name only components that have one.
struct OIDCClientStatuses {
    let spec: Authentication.Spec
    /// The entries as they stand; those of other components stay.
    let current: [Authentication.OIDCClientStatus]
    /// What is wrong with the console's secret; nil: nothing.
    let secretProblem: String?
    /// Workers still run another revision than the latest.
    let isRollingOut: Bool
    let generation: Int64
    /// RFC 3339.
    let now: String

    private static let namespace = "openshift-console"

    var entries: [Authentication.OIDCClientStatus] {
        let others = current.filter {
            $0.componentNamespace != Self.namespace || !["cli", "console"].contains($0.componentName)
        }
        return [entry("console"), entry("cli")] + others
    }

    private func entry(_ component: String) -> Authentication.OIDCClientStatus {
        let old = current.first { $0.componentNamespace == Self.namespace && $0.componentName == component }
        var entry = Authentication.OIDCClientStatus(componentName: component, componentNamespace: Self.namespace)
        entry.consumingUsers = old?.consumingUsers
        guard spec.mode == .oidc, let provider = spec.oidcProviders?.first else { return entry }
        let client = provider.oidcClients?.first { $0.componentNamespace == Self.namespace && $0.componentName == component }
        if let client {
            entry.currentOIDCClients = [
                Authentication.OIDCClientReference(
                    oidcProviderName: provider.name,
                    issuerURL: provider.issuer.issuerURL,
                    clientID: client.clientID
                )
            ]
        }
        var conditions = old?.conditions ?? []
        let verdict = component == "console" ? consoleVerdict(client) : cliVerdict(client)
        for (type, status) in [
            ("Available", verdict.available), ("Degraded", verdict.degraded), ("Progressing", verdict.progressing),
        ] {
            let kept = conditions[type: type]
            guard let status else {
                if kept == nil { conditions.set(condition(type, .unknown, "Unknown", ""), now: now) }
                continue
            }
            conditions.set(condition(type, status ? .true : .false, verdict.reason, verdict.message), now: now)
        }
        entry.conditions = conditions.sorted { $0.type < $1.type }
        return entry
    }

    private func condition(_ type: String, _ status: Condition.Status, _ reason: String, _ message: String) -> Condition {
        Condition(type: type, status: status, reason: reason, message: message, observedGeneration: generation)
    }

    /// The three conditions of an entry and what they have in common; nil keeps what was there.
    private struct Verdict {
        var available: Bool?
        var progressing = false
        var degraded = false
        var reason: String
        var message = ""
    }

    private func consoleVerdict(_ client: Authentication.OIDCClient?) -> Verdict {
        guard let client else {
            return Verdict(available: false, reason: "OIDCClientConfig", message: "no OIDC client found")
        }
        if client.clientSecret?.name.isEmpty ?? true {
            return Verdict(
                degraded: true,
                reason: "OIDCClientMissingSecret",
                message: "no client secret in the OIDC client config"
            )
        }
        if let secretProblem { return Verdict(degraded: true, reason: "OIDCClientSecretGet", message: secretProblem) }
        if isRollingOut {
            return Verdict(progressing: true, reason: "DeploymentOIDCConfig", message: "deployment unavailable or outdated")
        }
        return Verdict(available: true, reason: "OIDCConfigAvailable")
    }

    private func cliVerdict(_ client: Authentication.OIDCClient?) -> Verdict {
        client == nil
            ? Verdict(available: false, reason: "CLIOIDCClientStatus", message: "no CLI OIDC client spec found")
            : Verdict(available: true, reason: "CLIOIDCConfigAvailable")
    }
}
