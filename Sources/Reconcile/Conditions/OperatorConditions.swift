import Resolve
import Schema

/// The conditions that the ClusterOperators `authentication` and `console` are summed up from.
///
/// Those of `kube-apiserver` stand in `KubeAPIServer.status`. OpenShift keeps these two lists in operator objects that we do
/// not have.
struct OperatorConditions {
    let conditions: AuthenticationConditions
    let outcome: ConfigurationOutcome
    let clients: [Authentication.OIDCClientStatus]

    var authentication: [Condition] {
        let all = conditions.all
        return [externalOIDC]
            + [
                renamed(all[type: "Available"], to: "AuthenticatorWorkersAvailable"),
                renamed(all[type: "Progressing"], to: "AuthenticatorRolloutProgressing"),
            ].compactMap(\.self)
    }

    /// The configuration cannot be put into force; what runs stays as it is.
    private var externalOIDC: Condition {
        let messages = outcome.problems.map(\.message) + [outcome.failure].compactMap(\.self)
        return Condition(
            type: "ExternalOIDCControllerDegraded",
            status: messages.isEmpty ? .false : .true,
            reason: messages.isEmpty ? "AsExpected" : "SyncError",
            message: messages.joined(separator: "\n")
        )
    }

    private func renamed(_ condition: Condition?, to type: String) -> Condition? {
        condition.map { Condition(type: type, status: $0.status, reason: $0.reason ?? "", message: $0.message ?? "") }
    }

    var console: [Condition] {
        let console = clients.first { $0.componentName == "console" }?.conditions ?? []
        let isDegraded = console[type: "Degraded"]?.status == .true
        let isProgressing = console[type: "Progressing"]?.status == .true
        return [
            condition("OIDCClientConfigDegraded", console[type: "Degraded"], if: isDegraded),
            condition("OIDCClientConfigProgressing", console[type: "Progressing"], if: isProgressing),
            Condition(type: "OIDCClientConfigAvailable", status: .true, reason: "AsExpected", message: ""),
        ]
    }

    private func condition(_ type: String, _ source: Condition?, if holds: Bool) -> Condition {
        Condition(
            type: type,
            status: holds ? .true : .false,
            reason: holds ? "OIDCConfigSyncFailed" : "AsExpected",
            message: holds ? source?.message ?? "" : ""
        )
    }
}
