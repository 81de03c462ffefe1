import Foundation
import JSON

/// What secrets and config maps must hold beyond their schema. Values of secrets never appear in a message.
enum SecretAdmission {
    private static let sizeLimit = 1 << 20

    /// Moves `stringData` into `data`, in base64; it wins over what is already there under the same key.
    static func mergingStringData(_ secret: JSONValue) -> JSONValue {
        guard let texts = secret["stringData"]?.objectValue, texts.allSatisfy({ $0.value.stringValue != nil }) else {
            return secret
        }
        var result = secret
        var data = secret["data"]?.objectValue ?? JSONObject()
        for (key, value) in texts {
            data[key] = .string(Data((value.stringValue ?? "").utf8).base64EncodedString())
        }
        result["data"] = .object(data)
        result["stringData"] = nil
        return result
    }

    static func verdict(on value: JSONValue, replacing old: JSONValue?, _ definition: ResourceDefinition) -> Verdict {
        var verdict = Verdict()
        let isSecret = definition.kind == "Secret"
        var size = 0
        for field in ["data", "binaryData"] {
            for (key, member) in value[field]?.objectValue ?? JSONObject() {
                let path = FieldPath.root[field][key: key]
                verdict.issues += NameSyntax.dataKeyProblems(with: key).map { .invalid(path, .string(key), $0) }
                let text = member.stringValue ?? ""
                if isSecret {
                    guard let bytes = Data(base64Encoded: text) else {
                        verdict.issues.append(.invalid(path, "<redacted>", "illegal base64 data"))
                        continue
                    }
                    size += bytes.count
                } else {
                    size += text.utf8.count
                }
                if field == "binaryData", value["data"]?[key] != nil {
                    verdict.issues.append(.invalid(path, .string(key), "duplicate of key present in data"))
                }
            }
        }
        if size > sizeLimit {
            verdict.issues.append(
                FieldIssue(
                    path: isSecret ? .root["data"] : .root,
                    reason: .tooLong,
                    message: "Too long: may not be more than \(sizeLimit) bytes"
                )
            )
        }
        verdict.issues += immutabilityIssues(value, old)
        return verdict
    }

    private static func immutabilityIssues(_ value: JSONValue, _ old: JSONValue?) -> [FieldIssue] {
        guard let old else { return [] }
        var issues: [FieldIssue] = []
        if let type = old["type"], value["type"] != type {
            issues.append(.invalid(.root["type"], value["type"] ?? "", "field is immutable"))
        }
        guard old["immutable"]?.boolValue == true else { return issues }
        if value["immutable"]?.boolValue != true {
            issues.append(.forbidden(.root["immutable"], "field is immutable when `immutable` is set"))
        }
        for field in ["data", "binaryData"] where (value[field] ?? [:]) != (old[field] ?? [:]) {
            issues.append(.forbidden(.root[field], "field is immutable when `immutable` is set"))
        }
        return issues
    }
}
