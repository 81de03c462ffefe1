import CRE2

/// A regular expression in RE2's syntax, matched by RE2 in time linear in the text.
///
/// Unchecked `Sendable`: the engine is built in `init`, before anyone else can see it, and only searched afterwards. RE2 documents that
/// a compiled object may be used by several threads at once (its lazily built automaton is guarded inside), the shim
/// passes it as const, and `deinit` runs when no reference is left. Nothing here is written to after `init`.
final class RegularExpression: @unchecked Sendable {
    /// Bounds the compiled program and the automaton's cache.
    private static let maximumMemory: Int64 = 2 << 20

    private let engine: OpaquePointer
    let groupCount: Int

    init(_ pattern: String) throws(CELEvaluationError) {
        var pattern = pattern
        var reason = [CChar](repeating: 0, count: 160)
        let compiled = pattern.withUTF8 { bytes in
            // A pattern's bytes are read as `char`; RE2 takes them as UTF-8.
            bytes.withMemoryRebound(to: CChar.self) { characters in
                cre2_compile(characters.baseAddress, characters.count, Self.maximumMemory, &reason, reason.count)
            }
        }
        guard let compiled else {
            let bytes = reason.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }
            throw .invalidArgument("error parsing regexp: \(String(decoding: bytes, as: UTF8.self))")
        }
        engine = compiled
        groupCount = Int(cre2_group_count(compiled))
    }

    deinit { cre2_delete(engine) }

    func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { search($0, from: 0, bounds: nil, groups: 0) }
    }

    /// The first match, or nil.
    func first(in text: String) -> String? { all(in: text, limit: 1).first }

    /// Every match from left to right without overlap, at most `limit` of them.
    func all(in text: String, limit: Int) -> [String] {
        var text = text
        return text.withUTF8 { bytes in
            var found: [String] = []
            var position = 0
            var previousEnd = -1
            var bounds = [0, 0]
            while found.count < limit, position <= bytes.count, search(bytes, from: position, bounds: &bounds, groups: 0) {
                let (start, end) = (bounds[0], bounds[1])
                // An empty match right after a match is not one.
                if start != end || start != previousEnd {
                    found.append(String(decoding: bytes[start..<end], as: UTF8.self))
                }
                previousEnd = end
                position = end > start ? end : Self.next(after: end, in: bytes)
            }
            return found
        }
    }

    private static func next(after position: Int, in bytes: UnsafeBufferPointer<UInt8>) -> Int {
        var next = position + 1
        while next < bytes.count, bytes[next] & 0xC0 == 0x80 { next += 1 }
        return next
    }

    private func search(
        _ bytes: UnsafeBufferPointer<UInt8>,
        from start: Int,
        bounds: UnsafeMutablePointer<Int>?,
        groups: Int32
    ) -> Bool {
        // RE2 takes a null pointer for "no text", which an empty buffer may hold.
        guard let base = bytes.baseAddress else { return cre2_search(engine, "", 0, start, bounds, groups) }
        return base.withMemoryRebound(to: CChar.self, capacity: bytes.count) { characters in
            cre2_search(engine, characters, bytes.count, start, bounds, groups)
        }
    }
}
