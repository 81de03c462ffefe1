import JSON

/// The MESSAGE column of `get co`, which no path of a manifest can express.
enum ClusterOperatorMessage {
    static let column = TableColumn(
        name: "Message",
        type: "string",
        format: "",
        description: "A message describing the status of the most critical condition.",
        priority: 0
    ) { object, _ in .string(text(of: object)) }

    /// What is worst is said: not available, then degraded, then progressing; the message, else the reason.
    static func text(of operator: JSONValue) -> String {
        let conditions = `operator`.value(at: "status", "conditions")?.arrayValue ?? []
        for (type, status) in [("Available", "False"), ("Degraded", "True"), ("Progressing", "True")] {
            guard
                let condition = conditions.first(where: {
                    $0["type"]?.stringValue == type && $0["status"]?.stringValue == status
                })
            else { continue }
            let message = condition["message"]?.stringValue ?? ""
            return message.isEmpty ? condition["reason"]?.stringValue ?? "" : message
        }
        return ""
    }
}
