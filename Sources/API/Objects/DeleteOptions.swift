import JSON
import Web

/// The optional body of a delete. How dependents are treated does not matter here: objects own none.
struct DeleteOptions: Hashable, Sendable {
    var uid: String?
    var resourceVersion: Int64?
    var isDryRun = false

    init(_ call: APICall) throws {
        switch call.query["dryRun"] {
        case nil: break
        case "All": isDryRun = true
        default: throw APIStatus.badRequest("dryRun: supported values: \"All\"")
        }
        guard !call.body.isEmpty else { return }
        let body = try ObjectBody.read(call)
        uid = body.value(at: "preconditions", "uid")?.stringValue
        if let text = body.value(at: "preconditions", "resourceVersion")?.stringValue {
            guard let number = Int64(text) else { throw APIStatus.badRequest("preconditions.resourceVersion is not a number") }
            resourceVersion = number
        }
        if let dryRun = body["dryRun"]?.arrayValue, !dryRun.isEmpty { isDryRun = true }
    }
}
