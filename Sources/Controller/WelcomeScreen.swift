/// What the controller prints when it is ready: where everything is, and what to type next.
struct WelcomeScreen: Sendable {
    let folder: DataFolder
    let settings: ControllerSettings
    let isFirstStart: Bool

    var text: String {
        let workers = zip(settings.workerNames, settings.workerAddresses).map { "  \($0)        https://\($1)" }
        return """
            Postern \(ControllerVersion.text) is running\(isFirstStart ? "; this was its first start" : "").

              API             \(settings.apiURL)   (client certificates)
            \(workers.joined(separator: "\n"))
              oauth-server    \(settings.oauthURL)
              data            \(folder.path)
              administrator   \(folder.kubeconfig)   (keep it: it is the way in when everything else fails)

            Next, in another terminal:
              export KUBECONFIG=\(folder.kubeconfig)
              ctl get authentication
              ctl get co
              ctl rollout status
              ctl apply -f examples/01-direct-oidc/authentication.yaml

            Ctrl-C stops the controller, its workers and the OAuth server.

            """
    }
}
