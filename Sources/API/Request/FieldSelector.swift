import JSON
import Schema
import Web

/// Which fields an object must have: `metadata.name=cluster,type!=Opaque`.
struct FieldSelector: Hashable, Sendable {
    struct Requirement: Hashable, Sendable {
        let path: [String]
        let isEqual: Bool
        let value: String
    }

    let requirements: [Requirement]

    static let everything = FieldSelector(requirements: [])

    private init(requirements: [Requirement]) { self.requirements = requirements }

    /// Kinds of our own manifests can be selected by name and namespace, the built-in ones by any field that is a string.
    init(_ text: String, for definition: ResourceDefinition) throws(APIStatus) {
        var requirements: [Requirement] = []
        for part in text.split(separator: ",", maxSplits: 32) {
            guard let equals = part.firstIndex(of: "=") else {
                throw .badRequest("invalid selector: '\(part)'; can't understand '\(part)'")
            }
            var name = part[..<equals]
            var value = part[part.index(after: equals)...]
            let isEqual = name.last != "!"
            if !isEqual { name.removeLast() }
            if value.first == "=" { value.removeFirst() }
            guard ["metadata.name", "metadata.namespace"].contains(name) || definition.isBuiltIn else {
                throw .badRequest("field label not supported: \(name)")
            }
            requirements.append(
                Requirement(path: name.split(separator: ".").map(String.init), isEqual: isEqual, value: String(value))
            )
        }
        self.init(requirements: requirements)
    }

    func matches(_ object: JSONValue) -> Bool {
        requirements.allSatisfy { requirement in
            let found = requirement.path.reduce(Optional(object)) { $0?[$1] }?.stringValue ?? ""
            return found.utf8.elementsEqual(requirement.value.utf8) == requirement.isEqual
        }
    }
}
