import JSON
import Testing

@testable import Schema

/// Bringing an object into its stored form is done on every write, so a second time must change nothing, whatever was sent.
struct NormalizationTests {
    @Test(.timeLimit(.minutes(5)), arguments: 0..<8)
    func onceIsEnoughForDamagedObjects(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let admission = try admission()
        let definitions = admission.catalog.definitions
        for _ in 0..<100 {
            let definition = try #require(definitions.randomElement(using: &generator))
            let object = Self.value(of: definition.schema, depth: 0, &generator)
            var whole = mergePatch(
                ["apiVersion": .string(definition.apiVersion), "kind": .string(definition.kind)],
                into: object
            )
            if definition.kind == "Authentication", Bool.random(using: &generator) {
                whole = mergePatch(whole, into: authentication())
            }
            let once = admission.normalized(whole, as: definition)
            #expect(admission.normalized(once, as: definition) == once, "seed \(seed): \(JSONWriter.text(of: whole))")
            do {
                let admitted = try admission.admit(
                    whole,
                    as: definition,
                    replacing: Bool.random(using: &generator) ? once : nil,
                    fieldValidation: .warn
                )
                #expect(admitted.object.value == once)
            } catch {
                #expect(!error.message.isEmpty)
            }
        }
    }

    /// Something like what a schema wants: most members, sometimes null, of another type, or unknown.
    static func value(of schema: StructuralSchema, depth: Int, _ generator: inout SeededGenerator) -> JSONValue {
        switch Int.random(in: 0..<20, using: &generator) {
        case 0: return .null
        case 1: return ["", 0, true, [], [:], -1.5, "https://x", .array([.null])].randomElement(using: &generator) ?? ""
        default: break
        }
        guard depth < 12 else { return "" }
        switch schema.type {
        case .string, nil:
            return schema.enumeration.randomElement(using: &generator) ?? ["", "a", "a/b", "https://a.example", "x y"]
                .randomElement(using: &generator) ?? ""
        case .integer: return .integer(Int64.random(in: -1...5, using: &generator))
        case .number: return 1.5
        case .boolean: return true
        case .array:
            guard let items = schema.items else { return [] }
            return .array(
                (0..<Int.random(in: 0...3, using: &generator)).map { _ in value(of: items, depth: depth + 1, &generator) }
            )
        case .object:
            var object = JSONObject()
            for (name, member) in schema.properties.sorted(by: { $0.key < $1.key })
            where Int.random(in: 0..<3, using: &generator) > 0 {
                object[name] = value(of: member, depth: depth + 1, &generator)
            }
            if let additional = schema.additionalProperties {
                object["key"] = value(of: additional, depth: depth + 1, &generator)
            }
            if Int.random(in: 0..<10, using: &generator) == 0 { object["unknown"] = "x" }
            return .object(object)
        }
    }
}
