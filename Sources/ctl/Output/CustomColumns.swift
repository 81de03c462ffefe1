import JSON

/// `-o custom-columns=NAME:.metadata.name,KIND:.kind`: a table of what paths find.
struct CustomColumns {
    private let columns: [(header: String, path: JSONPath)]

    init(_ specification: String) throws(CommandFailure) {
        guard !specification.isEmpty else {
            throw CommandFailure("custom-columns format specified but no custom columns given")
        }
        columns = try specification.split(separator: ",", omittingEmptySubsequences: false).map { part throws(CommandFailure) in
            guard let colon = part.firstIndex(of: ":") else {
                throw CommandFailure("custom-columns: \"\(part)\" is not NAME:PATH, such as NAME:.metadata.name")
            }
            let path = part[part.index(after: colon)...].trimming { $0 == "{" || $0 == "}" }
            return (String(part[..<colon]), try JSONPath(String(path)))
        }
    }

    func table(of objects: [JSONValue]) -> TextTable {
        let rows = objects.map { object in
            columns.map { column in
                let values = column.path.values(in: object, root: object)
                return values.isEmpty ? "<none>" : values.map(Self.cell).joined(separator: ",")
            }
        }
        return TextTable(header: columns.map(\.header), rows: rows)
    }

    /// What is no text is written the way kubectl writes it: `map[a:1 b:2]`, `[a b]`.
    private static func cell(_ value: JSONValue) -> String {
        switch value {
        case .string(let text): text
        case .null: "<nil>"
        case .array(let values): "[\(values.map(cell).joined(separator: " "))]"
        case .object(let object): "map[\(object.map { "\($0.name):\(cell($0.value))" }.joined(separator: " "))]"
        case .bool, .integer, .number: JSONWriter.text(of: value)
        }
    }
}
