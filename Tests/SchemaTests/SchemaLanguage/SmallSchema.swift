import JSON
import Testing

@testable import Schema

/// A schema with one field `x`, written for one test.
func schema(of x: JSONValue, beside others: JSONValue = [:]) throws -> StructuralSchema {
    try StructuralSchema(["type": "object", "properties": mergePatch(["x": x], into: others)], at: .root)
}

extension StructuralSchema {
    func problems(_ value: JSONValue, replacing old: JSONValue? = nil) -> [String] {
        verdict(on: value, replacing: old).issues.map(\.description)
    }

    func warnings(_ value: JSONValue, replacing old: JSONValue? = nil) -> [String] {
        verdict(on: value, replacing: old).warnings
    }
}
