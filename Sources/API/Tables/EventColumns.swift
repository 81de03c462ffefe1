import JSON

/// The columns of `get events`: what happened to what. Nobody reads the names of events, so only `-o wide` shows them.
enum EventColumns {
    /// - Parameter columns: those that every kind has, with the name in front.
    static func arranged(_ columns: [TableColumn]) -> [TableColumn] {
        guard let name = columns.first else { return columns }
        let hidden = TableColumn(
            name: name.name,
            type: name.type,
            format: name.format,
            description: name.description,
            priority: 1,
            cell: name.cell
        )
        return columns.dropFirst().map { $0.name == object.name ? object : $0 } + [hidden]
    }

    private static let object = TableColumn(
        name: "Object",
        type: "string",
        format: "",
        description: "The kind and the name of the object that it happened to.",
        priority: 0
    ) { event, _ in
        let involved = event["involvedObject"]
        let kind = involved?["kind"]?.stringValue?.lowercased() ?? ""
        let name = involved?["name"]?.stringValue ?? ""
        return .string(kind.isEmpty || name.isEmpty ? kind + name : "\(kind)/\(name)")
    }
}
