import Foundation
import JSON
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

    /// What to say when there is nothing that could be undone; nil: there is.
    ///
    /// - Parameter before: the object as it was; nil: there was none.
    static func note(before: JSONValue?, after: JSONValue) -> String? {
        guard let generation = before?.value(at: "metadata", "generation"),
            generation == after.value(at: "metadata", "generation")
        else { return nil }
        return "Note: the spec is as it was, so --confirm-within does nothing"
    }

    static func isAuthentication(_ manifest: Manifest) -> Bool {
        manifest.kind == "Authentication" && manifest.apiVersion == "config.openshift.io/v1"
    }
}
