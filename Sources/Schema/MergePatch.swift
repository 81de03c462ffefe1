package import JSON

/// Applies a JSON merge patch (RFC 7386): null removes a member, objects merge, everything else replaces.
package func mergePatch(_ patch: JSONValue, into target: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var result = target.objectValue ?? JSONObject()
    for (name, change) in changes {
        result[name] = change.isNull ? nil : mergePatch(change, into: result[name] ?? .null)
    }
    return .object(result)
}
