import JSON
import Web

/// The optional body of a delete. How dependents are treated does not matter here: objects own none.
///
/// What is written the wrong way is refused, never taken for not asked for: the deletion would be real.
struct DeleteOptions: Hashable, Sendable {
    var uid: String?
    var resourceVersion: Int64?
    var isDryRun: Bool

    private static let fields: Set<String> = [
        "apiVersion", "kind", "gracePeriodSeconds", "preconditions", "orphanDependents", "propagationPolicy", "dryRun",
        "ignoreStoreReadErrorWithClusterBreakingPotential",
    ]
    private static let policies = ["Orphan", "Background", "Foreground"]

    init(_ call: APICall) throws {
        isDryRun = try call.query.isDryRun()
        try Self.check(policy: call.query["propagationPolicy"].map(JSONValue.string))
        guard !call.body.isEmpty else { return }
        let body = try ObjectBody.read(call)
        try Self.check(body)
        if let dryRun = body["dryRun"], !dryRun.isNull {
            guard let values = dryRun.arrayValue, values.allSatisfy({ $0 == "All" }) else {
                throw Self.wrong("dryRun", "must be [\"All\"]")
            }
            isDryRun = isDryRun || !values.isEmpty
        }
        guard let preconditions = body["preconditions"], !preconditions.isNull else { return }
        guard preconditions.objectValue != nil else { throw Self.wrong("preconditions", "must be an object") }
        uid = try Self.text("uid", of: preconditions)
        if let text = try Self.text("resourceVersion", of: preconditions) {
            guard let number = Int64(text) else {
                throw Self.wrong("preconditions.resourceVersion", "must be a number as text")
            }
            resourceVersion = number
        }
    }

    private static func check(_ body: JSONValue) throws(APIStatus) {
        if let kind = body["kind"], !["DeleteOptions", ""].contains(kind) { throw wrong("kind", "must be DeleteOptions") }
        for (name, _) in body.objectValue ?? JSONObject() where !fields.contains(name) {
            throw wrong(String(name.prefix(64)), "there is no such field")
        }
        if let seconds = body["gracePeriodSeconds"], !seconds.isNull, seconds.integerValue == nil {
            throw wrong("gracePeriodSeconds", "must be a number")
        }
        let orphans = body["orphanDependents"]
        if let orphans, !orphans.isNull, orphans.boolValue == nil { throw wrong("orphanDependents", "must be true or false") }
        try check(policy: body["propagationPolicy"])
        if orphans?.boolValue != nil, body["propagationPolicy"]?.stringValue != nil {
            throw wrong("propagationPolicy", "orphanDependents and propagationPolicy cannot be both set")
        }
    }

    private static func check(policy: JSONValue?) throws(APIStatus) {
        guard let policy, !policy.isNull else { return }
        guard let text = policy.stringValue, policies.contains(text) else {
            throw wrong("propagationPolicy", "must be one of Orphan, Background and Foreground")
        }
    }

    private static func text(_ name: String, of preconditions: JSONValue) throws(APIStatus) -> String? {
        guard let value = preconditions[name], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw wrong("preconditions.\(name)", "must be a text") }
        return text
    }

    private static func wrong(_ field: String, _ problem: String) -> APIStatus {
        .badRequest("DeleteOptions: \(field): \(problem)")
    }
}
