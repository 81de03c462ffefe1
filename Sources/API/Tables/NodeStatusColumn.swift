import JSON

/// The STATUS column of `get nodes`, in kubectl's words: `Ready`, `NotReady,SchedulingDisabled`.
enum NodeStatusColumn {
    static let column = TableColumn(
        name: "Status",
        type: "string",
        format: "",
        description: "Whether the worker can judge tokens, and whether it is to be taken out of service.",
        priority: 0
    ) { object, _ in .string(text(of: object)) }

    static func text(of node: JSONValue) -> String {
        let conditions = node.value(at: "status", "conditions")?.arrayValue ?? []
        let ready = conditions.first { $0["type"]?.stringValue == "Ready" }?["status"]?.stringValue
        let state = ready.map { $0 == "True" ? "Ready" : "NotReady" } ?? "Unknown"
        return node.value(at: "spec", "unschedulable")?.boolValue == true ? "\(state),SchedulingDisabled" : state
    }
}
