import JSON
import Testing

@testable import Schema

/// What holds for every object, however damaged: writing back what is stored is never refused, and every transform is done with once.
struct IdentityTests {
    private static let damages: [JSONValue?] = [nil, .null, "x y", -1.5, [.null], ["a": "b"]]

    /// Each field of an object in turn is damaged in each way, as if stored before there was a schema.
    @Test(.timeLimit(.minutes(5)), arguments: [TableRow.everything, authentication()])
    func aStoredAuthenticationCanBeWrittenBack(_ object: JSONValue) throws {
        let admission = try admission()
        let definition = try #require(
            admission.catalog.definition(apiVersion: "config.openshift.io/v1", kind: "Authentication")
        )
        let onChanges = Self.rulesOnChanges(in: definition.openAPISchema)
        for path in Self.paths(of: object) where path.hasPrefix("spec") || path.hasPrefix("status") {
            for damage in Self.damages {
                var damaged = object
                damaged.set(path, damage)
                let stored = admission.normalized(damaged, as: definition)
                let verdict = definition.schema.verdict(on: stored, replacing: stored)
                let others = verdict.issues.filter { issue in !onChanges.contains { issue.message.contains($0) } }
                #expect(others.isEmpty, "\(path) is \(damage.map { JSONWriter.text(of: $0) } ?? "absent")")
            }
        }
    }

    /// Rules that judge changes are asked again, and cannot read what is damaged: their messages are left out.
    private static func rulesOnChanges(in schema: JSONValue) -> [String] {
        switch schema {
        case .object(let object):
            let rules = object["x-kubernetes-validations"]?.arrayValue ?? []
            let own = rules.filter { $0["rule"]?.stringValue?.contains("oldSelf") == true }
            return own.compactMap { $0["message"]?.stringValue } + object.flatMap { rulesOnChanges(in: $0.value) }
        case .array(let values): return values.flatMap(rulesOnChanges)
        default: return []
        }
    }

    private static func paths(of value: JSONValue, under path: String = "") -> [String] {
        let members: [(String, JSONValue)] =
            switch value {
            case .object(let object): object.map { ($0.name, $0.value) }
            case .array(let values): values.enumerated().map { (String($0), $1) }
            default: []
            }
        return members.flatMap { name, member in
            let inner = path.isEmpty ? name : "\(path).\(name)"
            return [inner] + paths(of: member, under: inner)
        }
    }

    /// Values that fit a schema in most places, of every kind that there is.
    @Test(.timeLimit(.minutes(5)), arguments: 0..<4) func anyStoredObjectCanBeWrittenBack(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        let admission = try admission()
        for _ in 0..<20 {
            for definition in admission.catalog.definitions {
                let stored = admission.normalized(
                    NormalizationTests.value(of: definition.schema, depth: 0, &generator),
                    as: definition
                )
                let issues = definition.schema.verdict(on: stored, replacing: stored).issues
                let onChanges = Self.rulesOnChanges(in: definition.openAPISchema)
                let others = issues.filter { issue in !onChanges.contains { issue.message.contains($0) } }
                #expect(others.isEmpty, "seed \(seed), \(definition.kind): \(others)")
            }
        }
    }

    /// Dropping nulls, filling in defaults and removing unknown fields.
    @Test(.timeLimit(.minutes(5)), arguments: 0..<4) func onceIsEnough(seed: UInt64) throws {
        var generator = SeededGenerator(seed: seed)
        for definition in try ResourceCatalog.builtIn().definitions {
            let schema = definition.schema
            for _ in 0..<20 {
                let value = NormalizationTests.value(of: schema, depth: 0, &generator)
                let dropped = schema.droppingNulls(value)
                #expect(schema.droppingNulls(dropped) == dropped)
                let defaulted = schema.applyingDefaults(value)
                #expect(schema.applyingDefaults(defaulted) == defaulted)
                var unknown: [FieldPath] = []
                let pruned = schema.pruning(value, at: .root, unknown: &unknown)
                var none: [FieldPath] = []
                #expect(schema.pruning(pruned, at: .root, unknown: &none) == pruned)
                #expect(none.isEmpty, "\(definition.kind): \(none)")
            }
        }
    }
}
