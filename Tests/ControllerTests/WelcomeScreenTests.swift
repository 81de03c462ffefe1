import API
import Foundation
import Listening
import Testing

@testable import Controller

struct WelcomeScreenTests {
    private func text(folder name: String, runsProcesses: Bool, isFirstStart: Bool) throws -> String {
        let path = FileManager.default.temporaryDirectory.appending(path: "welcome-\(UUID().uuidString)/\(name)").path
        let folder = try DataFolder.open(path)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let settings = ControllerSettings(
            apiAddress: ListenAddress(host: "127.0.0.1", port: 6443),
            workerAddresses: (0..<2).map { ListenAddress(host: "127.0.0.1", port: 9443 + $0) },
            oauthAddress: ListenAddress(host: "127.0.0.1", port: 8443),
            workerArguments: [],
            hosts: [],
            manifests: nil,
            runsProcesses: runsProcesses,
            audit: AuditSettings(path: nil, policy: .builtIn, sizeLimit: 1 << 20, keptFiles: 1)
        )
        let screen = WelcomeScreen(folder: folder, settings: settings, isFirstStart: isFirstStart)
        return screen.text.replacing(folder.path, with: "/DATA")
    }

    @Test func saysWhereEverythingIsAndWhatWorksAtOnce() throws {
        let text = try text(folder: "data", runsProcesses: true, isFirstStart: true)
        #expect(
            text == """
                Postern 0.1.0 is running; this was its first start.

                  API             https://127.0.0.1:6443   (client certificates)
                  worker-0        https://127.0.0.1:9443
                  worker-1        https://127.0.0.1:9444
                  oauth-server    https://127.0.0.1:8443
                  data            /DATA
                  administrator   /DATA/admin.kubeconfig   (keep it: it is the way in when everything else fails)

                Next, in another terminal:
                  export KUBECONFIG=/DATA/admin.kubeconfig
                  ctl get authentication
                  ctl get co
                  ctl rollout status
                  ctl apply -f examples/02-built-in-oauth      names and passwords of your own, without any provider

                With a provider, put its address and audiences into examples/01-direct-oidc/authentication.yaml, then:
                  ctl validate -f examples/01-direct-oidc/authentication.yaml
                  ctl apply -f examples/01-direct-oidc/authentication.yaml

                Ctrl-C stops the controller, its workers and the OAuth server.

                """
        )
    }

    @Test func namesNoProcessesThatDoNotRun() throws {
        let text = try text(folder: "data", runsProcesses: false, isFirstStart: false)
        #expect(text.contains("\n  workers         none, and no OAuth server: --no-processes\n"))
        #expect(text.hasSuffix("\nCtrl-C stops the controller.\n"))
        #expect(!text.contains("worker-0") && !text.contains("8443"))
    }

    @Test func quotesAPathForTheShell() throws {
        let text = try text(folder: "it's mine", runsProcesses: true, isFirstStart: false)
        #expect(text.contains("\n  export KUBECONFIG='"))
        #expect(text.contains("it'\\''s mine/admin.kubeconfig'\n"))
    }
}
