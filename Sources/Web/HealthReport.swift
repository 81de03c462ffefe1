/// One thing that must be right for a program to be healthy.
package struct HealthCheck: Sendable {
    package let name: String
    /// nil when all is well, else what is wrong in a few words without secrets.
    package let problem: @Sendable () async -> String?

    package init(name: String, problem: @escaping @Sendable () async -> String?) {
        self.name = name
        self.problem = problem
    }
}

/// The answer of `/livez`, `/readyz` and `/healthz`, as Kubernetes words it.
package struct HealthReport: Hashable, Sendable {
    package let isHealthy: Bool
    package let text: String

    /// - Parameter path: `livez`, `readyz` or `healthz`.
    package static func make(_ checks: [HealthCheck], path: String, verbose: Bool) async -> HealthReport {
        var lines: [String] = []
        var isHealthy = true
        for check in checks {
            let problem = await check.problem()
            if let problem { lines.append("[-]\(check.name) failed: \(problem)") } else { lines.append("[+]\(check.name) ok") }
            isHealthy = isHealthy && problem == nil
        }
        if isHealthy, !verbose { return HealthReport(isHealthy: true, text: "ok") }
        lines.append("\(path) check \(isHealthy ? "passed" : "failed")")
        return HealthReport(isHealthy: isHealthy, text: lines.joined(separator: "\n") + "\n")
    }
}
