import JSON

struct SchemaRule: Sendable {
    static func type(of schema: JSONValue, at path: FieldPath, isRoot: Bool) -> Int { 0 }
    static func compile(_ rules: [JSONValue], type: Int, at path: FieldPath) throws(InvalidDefinition) -> [SchemaRule] { [] }
}
