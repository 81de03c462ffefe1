/// What the controller prints when it is ready: where everything is, and what to type next.
struct WelcomeScreen: Sendable {
    let folder: DataFolder
    let settings: ControllerSettings
    let isFirstStart: Bool

    var text: String {
        """
        Postern \(ControllerVersion.text) is running\(isFirstStart ? "; this was its first start" : "").

          API             \(settings.apiURL)   (client certificates)
        \(processes)
          data            \(folder.path)
          administrator   \(folder.kubeconfig)   (keep it: it is the way in when everything else fails)

        Next, in another terminal:
          export KUBECONFIG=\(Self.shellWord(folder.kubeconfig))
          ctl get authentication
          ctl get co
          ctl rollout status
        \(examples)

        Ctrl-C stops the controller\(settings.runsProcesses ? ", its workers and the OAuth server" : "").

        """
    }

    private var processes: String {
        guard settings.runsProcesses else { return "  workers         none, and no OAuth server: --no-processes" }
        let workers = zip(settings.workerNames, settings.workerAddresses).map { name, address in
            "  \(name.padding(to: 15)) https://\(address)"
        }
        return (workers + ["  oauth-server    \(settings.oauthURL)"]).joined(separator: "\n")
    }

    /// What works at once; a provider's example needs the address of one.
    private var examples: String {
        """
          ctl apply -f examples/02-built-in-oauth      names and passwords of your own, without any provider

        With a provider, put its address and audiences into examples/01-direct-oidc/authentication.yaml, then:
          ctl validate -f examples/01-direct-oidc/authentication.yaml
          ctl apply -f examples/01-direct-oidc/authentication.yaml
        """
    }

    /// A path as a shell reads it.
    private static func shellWord(_ path: String) -> String {
        let isPlain = path.unicodeScalars.allSatisfy { scalar in
            scalar.isASCII && (Character(scalar).isLetter || Character(scalar).isNumber || "/._-".contains(Character(scalar)))
        }
        return isPlain ? path : "'\(path.replacing("'", with: "'\\''"))'"
    }
}

extension String {
    fileprivate func padding(to width: Int) -> String { self + String(repeating: " ", count: max(0, width - count)) }
}
