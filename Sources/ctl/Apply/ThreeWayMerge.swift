import JSON

/// The merge patch that brings an object to what a manifest says, without touching what others have set.
///
/// What the manifest says is set. What it said last time and no longer says is removed. Lists are one value.
enum ThreeWayMerge {
    /// - Parameters:
    ///   - original: what was applied last time; nil when nothing was.
    ///   - modified: the manifest.
    ///   - current: the object as it is.
    /// - Returns: an empty object when there is nothing to do.
    static func patch(original: JSONValue?, modified: JSONValue, current: JSONValue) -> JSONValue {
        .object(patch(original?.objectValue ?? [:], modified.objectValue ?? [:], current.objectValue ?? [:]))
    }

    private static func patch(_ original: JSONObject, _ modified: JSONObject, _ current: JSONObject) -> JSONObject {
        var patch = JSONObject()
        for (name, wanted) in modified {
            let found = current[name]
            switch (wanted, found) {
            case (.null, .none), (.null, .some(.null)): break
            case (.object(let wanted), .some(.object(let found))):
                let inner = Self.patch(original[name]?.objectValue ?? [:], wanted, found)
                if !inner.isEmpty { patch[name] = .object(inner) }
            case (let wanted, .some(let found)) where wanted == found: break
            default: patch[name] = wanted
            }
        }
        for (name, _) in original where modified[name] == nil && current[name] != nil { patch[name] = .null }
        return patch
    }
}
