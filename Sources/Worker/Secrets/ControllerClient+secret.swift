import Client
import Foundation
import JSON
import Snapshot

extension ControllerClient {
    /// One entry of a secret in `openshift-config`. It may be newer than the reference: a changed secret soon leads to another revision.
    func secret(_ reference: SecretReference) async throws -> [UInt8] {
        let object = try await get(ResourcePath("v1", "secrets", namespace: "openshift-config", name: reference.name))
        guard let text = object["data"]?[reference.key]?.stringValue, let data = Data(base64Encoded: text) else {
            throw SecretShelf.Missing(reference: reference, why: "there is no such entry")
        }
        return Array(data)
    }
}
