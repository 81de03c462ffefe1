import Foundation
import Schema

/// What `ctl apply --confirm-within` adds to the manifest of an Authentication: the controller undoes the change unless it is confirmed.
enum ConfirmationRequest {
    static let bounds =
        Duration.seconds(
            ConfirmationAnnotation.seconds.lowerBound
        )...Duration.seconds(ConfirmationAnnotation.seconds.upperBound)

    /// - Returns: the same manifests, those of an Authentication with a request that differs from every earlier one.
    static func adding(_ time: GoDuration?, to manifests: [Manifest]) throws(CommandFailure) -> [Manifest] {
        guard let time else { return manifests }
        guard manifests.contains(where: isAuthentication) else {
            throw CommandFailure("--confirm-within is for a change of Authentication, and none is among the manifests")
        }
        let request = "\(time.duration.components.seconds) \(UUID().uuidString.lowercased())"
        return manifests.map { isAuthentication($0) ? $0.annotated(ConfirmationAnnotation.confirmWithin, request) : $0 }
    }

    private static func isAuthentication(_ manifest: Manifest) -> Bool {
        manifest.kind == "Authentication" && manifest.apiVersion == "config.openshift.io/v1"
    }
}
