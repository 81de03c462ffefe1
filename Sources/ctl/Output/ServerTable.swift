import Client
import JSON

/// A `meta.k8s.io/v1` Table: the server decides the columns, so ctl and kubectl show the same.
struct ServerTable {
    static let mediaType = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

    private(set) var columns: [(name: String, isWide: Bool)]
    private(set) var rows: [(cells: [String], object: JSONValue)]
    /// Watch after this to miss nothing.
    let resourceVersion: String

    /// nil when the server answered with something else than a Table.
    init?(_ value: JSONValue) {
        guard value["kind"]?.stringValue == "Table" else { return nil }
        resourceVersion = value.value(at: "metadata", "resourceVersion")?.stringValue ?? ""
        columns = (value["columnDefinitions"]?.arrayValue ?? []).map { column in
            (column["name"]?.stringValue ?? "", (column["priority"]?.integerValue ?? 0) > 0)
        }
        rows = (value["rows"]?.arrayValue ?? []).map { row in
            ((row["cells"]?.arrayValue ?? []).map(Self.cell), row["object"] ?? [:])
        }
    }

    /// For a server that does not make Tables: the name and when it was made.
    init(objects: [JSONValue], resourceVersion: String = "") {
        self.resourceVersion = resourceVersion
        columns = [("Name", false), ("Created", false)]
        rows = objects.map { object in
            let metadata = object["metadata"]
            return ([metadata?["name"]?.stringValue ?? "", metadata?["creationTimestamp"]?.stringValue ?? "<unknown>"], object)
        }
    }

    /// Whatever a server answered to a question for a Table: it may send the object or the list instead.
    static func reading(_ value: JSONValue) -> ServerTable {
        let version = value.value(at: "metadata", "resourceVersion")?.stringValue ?? ""
        return ServerTable(value) ?? ServerTable(objects: value["items"]?.arrayValue ?? [value], resourceVersion: version)
    }

    func joining(_ other: ServerTable) -> ServerTable {
        var joined = self
        if joined.columns.isEmpty { joined.columns = other.columns }
        joined.rows += other.rows
        return joined
    }

    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .null: ""
        case .string(let text): PrintableText.cell(text.replacing("\n", with: " "))
        default: JSONWriter.text(of: value)
        }
    }

    /// What a person asked to see of a table.
    struct Layout {
        var wide = false
        var showsNamespace = false
        var showsLabels = false
        /// Labels that get a column of their own.
        var labelColumns: [String] = []
        /// Put before names, when several types are listed.
        var typeName: String?
    }

    /// - Parameters:
    ///   - columns: of an earlier Table of the same watch, because later ones leave them out.
    ///   - event: of a watch, for a first column of its own.
    func table(columns known: [(name: String, isWide: Bool)]? = nil, _ layout: Layout, event: String? = nil) -> TextTable {
        let columns = columns.isEmpty ? known ?? [] : columns
        let shown = columns.indices.filter { layout.wide || !columns[$0].isWide }
        let rows = rows.map { row in
            var cells = shown.map { row.cells.indices.contains($0) ? row.cells[$0] : "" }
            if let typeName = layout.typeName, !cells.isEmpty { cells[0] = "\(typeName)/\(cells[0])" }
            if layout.showsNamespace { cells.insert(row.object.value(at: "metadata", "namespace")?.stringValue ?? "", at: 0) }
            cells += layout.labelColumns.map { row.object.value(at: "metadata", "labels")?[$0]?.stringValue ?? "" }
            if layout.showsLabels { cells.append(Self.labels(row.object)) }
            return event.map { [$0] + cells } ?? cells
        }
        var header = shown.map { columns[$0].name.uppercased() }
        if layout.showsNamespace { header.insert("NAMESPACE", at: 0) }
        header += layout.labelColumns.map { String($0.split(separator: "/").last ?? "").uppercased() }
        if layout.showsLabels { header.append("LABELS") }
        return TextTable(header: event == nil ? header : ["EVENT"] + header, rows: rows)
    }

    mutating func sort(by order: ObjectOrder) throws(CommandFailure) {
        rows = try order.sorted(rows, mustFind: false, by: \.object)
    }

    private static func labels(_ object: JSONValue) -> String {
        let labels = object.value(at: "metadata", "labels")?.objectValue ?? [:]
        return labels.isEmpty ? "<none>" : labels.map { "\($0.name)=\($0.value.stringValue ?? "")" }.joined(separator: ",")
    }
}
