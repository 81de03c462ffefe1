import JSON

/// Finalizers: names of those who still have something to do before an object may go. A deletion only marks the object while there
/// is one; who takes the last one away ends it.
enum Finalizers {
    static func isHeld(_ object: JSONValue) -> Bool {
        !object.value(at: "metadata", "finalizers").stringValues.isEmpty
    }

    static func isMarked(_ object: JSONValue) -> Bool {
        object.value(at: "metadata", "deletionTimestamp")?.stringValue != nil
    }

    /// Whether the write that makes the object this way is its end.
    static func isReadyToGo(_ object: JSONValue) -> Bool { isMarked(object) && !isHeld(object) }

    /// The object with the mark of its deletion.
    static func marked(_ object: JSONValue, now: Int64) -> JSONValue {
        var object = object
        object["metadata"]?["deletionTimestamp"] = .string(Timestamp.text(of: now))
        object["metadata"]?["deletionGracePeriodSeconds"] = 0
        if let generation = object.value(at: "metadata", "generation")?.integerValue {
            object["metadata"]?["generation"] = .integer(generation &+ 1)
        }
        return object
    }
}
