import JSON
import Schema

/// One column of a server-side table: its heading, and what it shows of an object.
struct TableColumn: Sendable {
    let name: String
    /// `string`, `integer`, `number`, `boolean` or `date`; dates are shown as the time that has passed.
    let type: String
    let format: String
    let description: String
    /// Columns above 0 are shown by `-o wide` only.
    let priority: Int
    let cell: @Sendable (_ object: JSONValue, _ now: Int64) -> JSONValue

    var definition: JSONValue {
        [
            "name": .string(name), "type": .string(type), "format": .string(format), "description": .string(description),
            "priority": .integer(Int64(priority)),
        ]
    }
}

extension TableColumn {
    /// The columns of a kind: its name, those of its manifest (or its age), and what no path can express.
    static func columns(of definition: ResourceDefinition) -> [TableColumn] {
        var columns = [name]
        columns += definition.printerColumns.compactMap(TableColumn.init)
        if definition.printerColumns.isEmpty { columns.append(age) }
        switch (definition.group, definition.kind) {
        case ("config.openshift.io", "ClusterOperator"): columns.append(ClusterOperatorMessage.column)
        case ("", "Node"): columns.insert(NodeStatusColumn.column, at: 1)
        case ("", "Event"): columns = EventColumns.arranged(columns)
        case ("", "Secret"), ("", "ConfigMap"): columns = columns.map { $0.name == dataCount.name ? dataCount : $0 }
        default: break
        }
        return columns
    }

    private init?(_ column: PrinterColumn) {
        guard let path = ColumnPath(column.jsonPath) else { return nil }
        let type = column.type
        self.init(
            name: column.name,
            type: type,
            format: column.format ?? "",
            description: column.description ?? "",
            priority: column.priority ?? 0
        ) { object, now in
            let values = path.values(in: object).prefix(Self.shownValues)
            guard values.count > 1, type == "string" else {
                return values.first.map { Self.cell(of: $0, type: type, now: now) } ?? .null
            }
            // All providers of a configuration, not the first of them.
            return .string(values.compactMap { Self.cell(of: $0, type: type, now: now).stringValue }.joined(separator: ","))
        }
    }

    private static let shownValues = 64

    private static let name = TableColumn(
        name: "Name",
        type: "string",
        format: "name",
        description: "The name of the object, unique in its namespace.",
        priority: 0
    ) { object, _ in object.value(at: "metadata", "name") ?? .null }

    private static let age = TableColumn(
        name: "Age",
        type: "date",
        format: "",
        description: "The time since the object was created.",
        priority: 0
    ) { object, now in cell(of: object.value(at: "metadata", "creationTimestamp") ?? .null, type: "date", now: now) }

    private static let dataCount = TableColumn(
        name: "Data",
        type: "integer",
        format: "",
        description: "How many keys the object holds.",
        priority: 0
    ) { object, _ in
        let count = ["data", "binaryData"].reduce(0) { $0 + (object[$1]?.objectValue?.count ?? 0) }
        return .integer(Int64(count))
    }

    /// A value as a cell of a column's type; null where it does not fit.
    static func cell(of value: JSONValue, type: String, now: Int64) -> JSONValue {
        switch (type, value) {
        case ("string", .string), ("integer", .integer), ("number", .integer), ("number", .number), ("boolean", .bool):
            return value
        case ("string", .null): return .null
        // How much there is, never what: such a column may be about a secret.
        case ("string", .object(let object)): return .string(String(object.count))
        case ("string", .array(let values)): return .string(String(values.count))
        case ("string", _): return .string(JSONWriter.text(of: value))
        case ("date", .string(let text)):
            guard let then = Timestamp.seconds(of: text) else { return "<invalid>" }
            return .string(HumanDuration.text(seconds: Int(clamping: now - then)))
        case ("date", _): return "<unknown>"
        default: return .null
        }
    }
}
