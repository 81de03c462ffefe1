import JSON
import Yams

/// Reads YAML (one or many documents) or JSON from a person: bounded, without aliases, without guessing.
package enum ManifestReader {
    package struct Limits: Sendable {
        package var bytes = 3 << 20
        package var depth = 64
        package var nodes = 200_000

        package init() {}
    }

    /// The documents of a file in their order; empty documents are left out.
    package static func read(
        _ bytes: [UInt8],
        source: String,
        limits: Limits = Limits()
    ) throws(InvalidManifest) -> [Manifest] {
        try read(bytes, source: source, limits: limits, documentCount: .max)
    }

    /// The first document of a file; what comes behind it is not even looked at. nil if it is empty.
    package static func readFirst(
        _ bytes: [UInt8],
        source: String,
        limits: Limits = Limits()
    ) throws(InvalidManifest) -> Manifest? {
        try read(bytes, source: source, limits: limits, documentCount: 1).first
    }

    private static func read(
        _ bytes: [UInt8],
        source: String,
        limits: Limits,
        documentCount: Int
    ) throws(InvalidManifest) -> [Manifest] {
        func refusal(_ reason: InvalidManifest.Reason, _ problem: String, at offset: Int? = nil) -> InvalidManifest {
            InvalidManifest(source: source, mark: offset.map { mark(at: $0, in: bytes) }, reason: reason, problem: problem)
        }
        guard bytes.count <= limits.bytes else {
            throw refusal(.tooLarge, "the file has \(bytes.count) bytes; at most \(limits.bytes) are accepted")
        }
        if let zero = bytes.firstIndex(of: 0) { throw refusal(.encoding, "a NUL byte is not accepted", at: zero) }
        let content = bytes.starts(with: [0xEF, 0xBB, 0xBF]) ? bytes.dropFirst(3) : bytes[...]
        guard let text = String(validating: content, as: UTF8.self) else {
            throw refusal(.encoding, "the file is not valid UTF-8")
        }
        if let first = content.first(where: { ![0x20, 0x09, 0x0A, 0x0D].contains($0) }), first == UInt8(ascii: "{") {
            do {
                let limits = JSONParser.Limits(bytes: limits.bytes, depth: limits.depth)
                return [Manifest(value: try JSONParser.parse(content, limits: limits), source: source)]
            } catch {
                // A YAML flow mapping begins like JSON; only what cannot be YAML either is reported as JSON.
                guard [.syntax, .trailingBytes].contains(error.reason) else {
                    throw refusal(jsonReason(error), error.problem, at: error.offset + content.startIndex)
                }
            }
        }
        var reader = YAMLReader(source: source, limits: limits)
        return try reader.documents(of: text, atMost: documentCount)
    }

    package static func read(
        _ text: String,
        source: String,
        limits: Limits = Limits()
    ) throws(InvalidManifest) -> [Manifest] {
        try read(Array(text.utf8), source: source, limits: limits)
    }

    private static func jsonReason(_ error: JSONError) -> InvalidManifest.Reason {
        switch error.reason {
        case .duplicateName: .duplicateKey
        case .tooDeep: .tooDeep
        case .tooLarge: .tooLarge
        case .numberRange: .number
        case .encoding: .encoding
        case .syntax, .notAnObject, .trailingBytes, .empty: .syntax
        }
    }

    private static func mark(at offset: Int, in bytes: [UInt8]) -> Manifest.Mark {
        let before = bytes.prefix(offset)
        let lines = before.count { $0 == 0x0A }
        let lineStart = before.lastIndex(of: 0x0A).map { $0 + 1 } ?? 0
        return Manifest.Mark(
            line: lines + 1,
            column: String(decoding: before[lineStart...], as: UTF8.self).unicodeScalars.count + 1
        )
    }
}

extension JSONError {
    /// The description without the offset, which a mark replaces.
    fileprivate var problem: String {
        description.replacing(" (at byte \(offset))", with: "")
    }
}
