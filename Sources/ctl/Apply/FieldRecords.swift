import JSON

/// The records of who manages which fields of an object (`metadata.managedFields`).
enum FieldRecords {
    /// Those who apply by working out a patch themselves.
    private static let clientSideManagers: Set<String> = ["ctl-apply", "kubectl-client-side-apply"]

    /// The records with what was applied from a client's side counted as applied by `manager`; nil when nothing was.
    static func handedOver(of object: JSONValue, to manager: String) -> JSONValue? {
        let records = object.value(at: "metadata", "managedFields")?.arrayValue ?? []
        let old = records.filter(isClientSide)
        guard !old.isEmpty, let index = records.firstIndex(where: { isApplied($0, by: manager) }) else { return nil }
        var applied = records[index]
        for record in old where record["apiVersion"] == applied["apiVersion"] {
            applied["fieldsV1"] = union(applied["fieldsV1"] ?? [:], record["fieldsV1"] ?? [:])
        }
        // The record of the last apply is the client's own affair; the server removes it when nobody has it.
        applied["fieldsV1"]?["f:metadata"]?["f:annotations"]?["f:\(LastApplied.annotation)"] = nil
        var handedOver = records
        handedOver[index] = applied
        return .array(handedOver.filter { !isClientSide($0) })
    }

    private static func isClientSide(_ record: JSONValue) -> Bool {
        record["operation"] == "Update" && (record["subresource"]?.stringValue ?? "").isEmpty
            && clientSideManagers.contains(record["manager"]?.stringValue ?? "")
    }

    private static func isApplied(_ record: JSONValue, by manager: String) -> Bool {
        record["operation"] == "Apply" && record["manager"] == .string(manager)
            && (record["subresource"]?.stringValue ?? "").isEmpty
    }

    private static func union(_ left: JSONValue, _ right: JSONValue) -> JSONValue {
        guard case .object(var object) = left, case .object(let other) = right else { return left }
        for (name, value) in other { object[name] = object[name].map { union($0, value) } ?? value }
        return .object(object)
    }
}
