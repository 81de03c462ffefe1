import JSON
import Schema

/// What may not be deleted while the controller runs, and what to do instead.
enum DeletionRule {
    /// nil: it may go.
    static func refusal(_ object: JSONValue, _ definition: ResourceDefinition) -> String? {
        // Without it workers would go on with what nobody can read or change any more.
        if definition.requiredName != nil { return "there must be one as long as the controller runs: change it instead" }
        switch (definition.group, definition.kind) {
        case ("", "Node"):
            // Roll-outs would forget a worker that goes on judging by an old revision.
            let isOurs = object.value(at: "metadata", "labels", Node.runBy)?.stringValue == Node.controller
            return isOurs ? "the controller runs this worker: start the controller with fewer --workers instead" : nil
        case ("postern.dev", "AuthenticationRevision"):
            return "revisions are the way back: the limits in the spec of KubeAPIServer/cluster say how many are kept"
        case (BreakGlassCertificate.resource.group, BreakGlassCertificate.kind):
            // It would be made anew, without the memory of its use.
            let isBootstrap = object.value(at: "metadata", "name")?.stringValue == BreakGlassCertificate.bootstrapName
            return isBootstrap ? "it stands for the certificate in admin.kubeconfig, which cannot be revoked" : nil
        default: return nil
        }
    }
}
