import Foundation
import JSON
import Testing

@testable import Schema

let repositoryRoot = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
    .deletingLastPathComponent()

/// Admission with every built-in kind.
func admission(_ options: Admission.Options = .init()) throws -> Admission {
    Admission(catalog: try .builtIn(), options: options)
}

/// Reads one document of YAML.
func document(_ yaml: String) throws -> JSONValue {
    try #require(try ManifestReader.read(yaml, source: "test.yaml").first).value
}

extension Admission {
    /// Admits an object as the kind it says it is.
    func admit(
        _ object: JSONValue,
        replacing old: JSONValue? = nil,
        fieldValidation: FieldValidation = .strict,
        subresource: Subresource = .none,
        exists: ((Reference) -> Bool)? = nil
    ) throws -> Admitted {
        let manifest = Manifest(value: object, source: "test")
        let definition = try #require(catalog.definition(apiVersion: manifest.apiVersion ?? "", kind: manifest.kind ?? ""))
        return try admit(
            object,
            as: definition,
            replacing: old,
            fieldValidation: fieldValidation,
            subresource: subresource,
            exists: exists
        )
    }

    /// What is wrong with an object, as lines of `path: message`; empty when nothing is.
    func problems(_ object: JSONValue, replacing old: JSONValue? = nil) throws -> [String] {
        do {
            _ = try admit(object, replacing: old)
            return []
        } catch let error as InvalidObject {
            return error.issues.map(\.description) + [error.badRequest].compactMap(\.self)
        }
    }
}

/// A valid Authentication with one provider, after `change`.
func authentication(_ change: (inout JSONValue) -> Void = { _ in }) -> JSONValue {
    var object: JSONValue = [
        "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"],
        "spec": [
            "type": "OIDC",
            "oidcProviders": [
                [
                    "name": "idp",
                    "issuer": ["issuerURL": "https://idp.example", "audiences": ["one"]],
                    "claimMappings": ["username": ["claim": "sub", "prefixPolicy": "NoPrefix"]],
                ]
            ],
        ],
    ]
    change(&object)
    return object
}

extension JSONValue {
    /// Sets what stands at a path; numbers are positions in lists. Setting nil removes a member.
    mutating func set(_ path: String, _ value: JSONValue?) {
        set(path.split(separator: ".").map(String.init)[...], value)
    }

    private mutating func set(_ path: ArraySlice<String>, _ value: JSONValue?) {
        guard let step = path.first else {
            self = value ?? .null
            return
        }
        let rest = path.dropFirst()
        if let index = Int(step), case .array(var values) = self {
            while values.count <= index { values.append(.object(JSONObject())) }
            values[index].set(rest, value)
            self = .array(values)
        } else if rest.isEmpty {
            self[step] = value
        } else {
            var member = self[step] ?? (rest.first.flatMap { Int($0) } != nil ? .array([]) : .object(JSONObject()))
            member.set(rest, value)
            self[step] = member
        }
    }
}
