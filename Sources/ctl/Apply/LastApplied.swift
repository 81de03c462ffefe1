import JSON

/// kubectl's record of what was applied: the manifest itself, in an annotation. Both tools can take turns on one object.
enum LastApplied {
    static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

    /// The manifest with its own record in it.
    static func recording(_ manifest: JSONValue) -> JSONValue {
        var bare = manifest
        var annotations = bare.value(at: "metadata", "annotations")?.objectValue ?? [:]
        annotations[annotation] = nil
        bare["metadata"]?["annotations"] = .object(annotations)
        var recorded = bare
        annotations[annotation] = .string(JSONWriter.text(of: bare) + "\n")
        recorded["metadata"]?["annotations"] = .object(annotations)
        return recorded
    }

    /// What was applied to an object last time; nil when nothing was, or when the record cannot be read.
    static func manifest(of object: JSONValue) -> JSONValue? {
        guard let text = object.value(at: "metadata", "annotations")?[annotation]?.stringValue else { return nil }
        return try? JSONParser.parse(text)
    }
}
