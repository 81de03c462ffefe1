import API
import Listening
import Testing

@testable import Controller

struct ControllerSettingsTests {
    @Test(
        arguments: [
            ("127.0.0.1", [], "https://127.0.0.1:7000", "https://127.0.0.1:6443"),
            ("10.0.0.5", ["c.example"], "https://10.0.0.5:7000", "https://10.0.0.5:6443"),
            ("0.0.0.0", [], "https://127.0.0.1:7000", "https://127.0.0.1:6443"),
            ("0.0.0.0", ["c.example", "d.example"], "https://c.example:7000", "https://127.0.0.1:6443"),
            ("::", ["fd00::5"], "https://[fd00::5]:7000", "https://127.0.0.1:6443"),
        ] as [(String, [String], String, String)]
    )
    func addressesAreOnesThatOthersCanUse(_ host: String, _ hosts: [String], _ clients: String, _ own: String) {
        let settings = ControllerSettings(
            apiAddress: ListenAddress(host: host, port: 6443),
            workerAddresses: [],
            oauthAddress: ListenAddress(host: "127.0.0.1", port: 8443),
            workerArguments: [],
            hosts: hosts,
            manifests: nil,
            runsProcesses: false,
            audit: AuditSettings(path: nil, policy: .builtIn, sizeLimit: 1 << 20, keptFiles: 1)
        )
        #expect(settings.clientURL(port: 7000) == clients)
        #expect(settings.apiURL == own)
    }
}
