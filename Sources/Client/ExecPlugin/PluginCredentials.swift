/// What a plugin gave, for all who need it: the plugin runs once, and again only when that has expired or was refused.
package actor PluginCredentials {
    /// A credential, and which one it is.
    package struct Issued: Sendable {
        let number: Int
        package let credential: ExecCredential
    }

    private let plugin: ExecPlugin
    private var issued: Issued?
    private var isRunning = false
    /// Those who came while the plugin ran.
    private var waiting: [CheckedContinuation<Void, Never>] = []

    package init(_ plugin: ExecPlugin) { self.plugin = plugin }

    package func current() async throws -> Issued {
        await turn()
        if let issued, !issued.credential.isExpired() { return issued }
        return try await renew()
    }

    /// What to use instead of a credential that the server refused; nil when the plugin has nothing else.
    func renewed(after refused: Issued) async throws -> Issued? {
        await turn()
        if let issued, issued.number != refused.number { return issued }
        let renewed = try await renew()
        return renewed.credential.isSame(as: refused.credential) ? nil : renewed
    }

    /// Waits until the plugin does not run, which has a bound of its own.
    private func turn() async {
        while isRunning { await withCheckedContinuation { waiting.append($0) } }
    }

    private func renew() async throws -> Issued {
        isRunning = true
        defer {
            isRunning = false
            for continuation in waiting { continuation.resume() }
            waiting = []
        }
        let credential = try await plugin.run()
        let issued = Issued(number: (issued?.number ?? 0) + 1, credential: credential)
        self.issued = issued
        return issued
    }
}
