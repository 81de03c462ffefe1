import Foundation
import JSON

/// A JSON object under construction, in which what is empty is left out.
struct SparseObject {
    private(set) var value: JSONValue = [:]

    mutating func set(_ name: String, _ text: String) { if !text.isEmpty { value[name] = .string(text) } }

    mutating func set(_ name: String, _ flag: Bool?) { value[name] = flag.map(JSONValue.bool) }

    /// - Parameter number: nil: it is not there. A number that is there is told even if it is 0.
    mutating func set(_ name: String, _ number: (some BinaryInteger)?) {
        value[name] = number.map { .integer(Int64(clamping: $0)) }
    }

    mutating func set(_ name: String, _ texts: [String]) {
        if !texts.isEmpty { value[name] = .array(texts.map(JSONValue.string)) }
    }

    mutating func set(_ name: String, _ texts: [String: String]) {
        if !texts.isEmpty { value[name] = .object(JSONObject(texts.map { ($0, .string($1)) })) }
    }

    mutating func set(_ name: String, _ blobs: [String: Data]) {
        if !blobs.isEmpty { value[name] = .object(JSONObject(blobs.map { ($0, .string($1.base64EncodedString())) })) }
    }

    /// An object without members is told: Go leaves out only pointers that are nil.
    mutating func set(_ name: String, _ object: SparseObject?) { value[name] = object?.value }

    mutating func set(_ name: String, _ objects: [SparseObject]) {
        if !objects.isEmpty { value[name] = .array(objects.map(\.value)) }
    }

    mutating func set(_ name: String, _ other: JSONValue?) { value[name] = other }
}
