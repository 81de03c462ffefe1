extension Library {
    /// The string extensions; positions count code points.
    static let strings = Library(functions: [
        FunctionDeclaration(
            "charAt",
            Overload.of(.member) { (text: String, index: Int64) throws(CELEvaluationError) -> String in
                let scalars = Array(text.unicodeScalars)
                guard index >= 0, index <= scalars.count else { throw .invalidArgument("index out of range: \(index)") }
                return index == scalars.count ? "" : String(scalars[Int(index)])
            }
        ),
        FunctionDeclaration("indexOf", indexOf { part, text, start in TextSearch.first(part, in: text, from: start ?? 0) }),
        FunctionDeclaration(
            "lastIndexOf",
            indexOf { part, text, end in TextSearch.last(part, in: text, upTo: end ?? text.count) }
        ),
        FunctionDeclaration(
            "lowerAscii",
            Overload.of(.member, cost: Cost.traversal) { (text: String) in
                mapBytes(text) { $0.isASCIIUpper ? $0 + 32 : $0 }
            }.sized { $0[0] }
        ),
        FunctionDeclaration(
            "upperAscii",
            Overload.of(.member, cost: Cost.traversal) { (text: String) in
                mapBytes(text) { $0.isASCIILower ? $0 - 32 : $0 }
            }.sized { $0[0] }
        ),
        FunctionDeclaration(
            "replace",
            Overload.of(.member, cost: Cost.replacement) {
                (text: String, old: String, new: String) throws(CELEvaluationError) in
                try replace(text, old, new, limit: -1)
            }.sized(replaced),
            Overload.of(.member, cost: Cost.replacement) {
                (text: String, old: String, new: String, limit: Int64) throws(CELEvaluationError) in
                try replace(text, old, new, limit: limit)
            }.sized(replaced)
        ),
        FunctionDeclaration(
            "split",
            Overload.of(.member, .init(parameters: [.string, .string], result: .list(.string)), cost: Cost.twoTraversals) {
                (text: String, separator: String) in split(text, separator, limit: -1)
            }.sized { SizeRange(maximum: $0[0].maximum.plus(1)) },
            Overload.of(.member, .init(parameters: [.string, .string, .int], result: .list(.string)), cost: Cost.twoTraversals)
            {
                (text: String, separator: String, limit: Int64) in split(text, separator, limit: limit)
            }.sized { SizeRange(maximum: $0[0].maximum.plus(1)) }
        ),
        FunctionDeclaration(
            "substring",
            Overload.of(.member, cost: Cost.traversal) { (text: String, start: Int64) throws(CELEvaluationError) -> String in
                let scalars = Array(text.unicodeScalars)
                guard start >= 0, start <= scalars.count else { throw .invalidArgument("index out of range: \(start)") }
                return String(String.UnicodeScalarView(scalars[Int(start)...]))
            }.sized { SizeRange(maximum: $0[0].maximum) },
            Overload.of(.member, cost: Cost.traversal) {
                (text: String, start: Int64, end: Int64) throws(CELEvaluationError) -> String in
                let scalars = Array(text.unicodeScalars)
                guard start <= end else { throw .invalidArgument("invalid substring range. start: \(start), end: \(end)") }
                guard start >= 0, start <= scalars.count else { throw .invalidArgument("index out of range: \(start)") }
                guard end >= 0, end <= scalars.count else { throw .invalidArgument("index out of range: \(end)") }
                return String(String.UnicodeScalarView(scalars[Int(start)..<Int(end)]))
            }.sized { SizeRange(maximum: $0[0].maximum) }
        ),
        FunctionDeclaration(
            "trim",
            Overload.of(.member, cost: Cost.traversal) { (text: String) in trim(text) }.sized {
                SizeRange(maximum: $0[0].maximum)
            }
        ),
        FunctionDeclaration(
            "strings.quote",
            Overload.of(.function, cost: Cost.traversal) { (text: String) in NumberText.quoted(text) }
                .sized { SizeRange(minimum: $0[0].minimum.plus(2), maximum: $0[0].maximum.times(2).plus(2)) }
        ),
        FunctionDeclaration("join", join(parameters: [.list(.string)]), join(parameters: [.list(.string), .string])),
    ])

    /// An empty part is found before and after each character.
    private static let replaced: Overload.ResultSize = { sizes in
        SizeRange(maximum: sizes[0].maximum.plus(sizes[0].maximum.plus(1).times(sizes[2].maximum)))
    }

    private static func indexOf(
        _ find: @escaping @Sendable ([Unicode.Scalar], [Unicode.Scalar], Int?) -> Int?
    ) -> [Overload] {
        [
            Overload.of(.member, cost: Cost.scan) { (text: String, part: String) in
                Int64(find(Array(part.unicodeScalars), Array(text.unicodeScalars), nil) ?? -1)
            },
            Overload.of(.member, cost: Cost.scan) {
                (text: String, part: String, position: Int64) throws(CELEvaluationError) -> Int64 in
                let scalars = Array(text.unicodeScalars)
                // As in the reference implementation: an empty part is found wherever it is looked for.
                if part.isEmpty { return position }
                guard position >= 0 else { throw .invalidArgument("index out of range: \(position)") }
                guard position <= scalars.count else { return -1 }
                return Int64(find(Array(part.unicodeScalars), scalars, Int(position)) ?? -1)
            },
        ]
    }

    private static func mapBytes(_ text: String, _ transform: (UInt8) -> UInt8) -> String {
        String(decoding: text.utf8.map(transform), as: UTF8.self)
    }

    private static func trim(_ text: String) -> String {
        let scalars = text.unicodeScalars
        let start = scalars.firstIndex { !$0.properties.isWhitespace } ?? scalars.endIndex
        let end = scalars.lastIndex { !$0.properties.isWhitespace }.map { scalars.index(after: $0) } ?? start
        return String(scalars[start..<end])
    }

    /// How much text one call may make; far beyond anything sensible, far below what would hurt.
    private static let maximumLength = 10_000_000

    private static func replace(_ text: String, _ old: String, _ new: String, limit: Int64) throws(CELEvaluationError) -> String
    {
        let pieces = pieces(text, old, limit: limit < 0 ? .max : Int(clamping: limit))
        let growth = (pieces.count - 1).multipliedReportingOverflow(by: new.utf8.count)
        guard !growth.overflow, growth.partialValue <= maximumLength else {
            throw .invalidArgument("replace() would make a text that is too long")
        }
        return pieces.map { String(decoding: $0, as: UTF8.self) }.joined(separator: new)
    }

    private static func split(_ text: String, _ separator: String, limit: Int64) -> [CELValue] {
        if limit == 0 { return [] }
        if separator.isEmpty { return characters(text, limit: limit < 0 ? .max : Int(clamping: limit)) }
        let pieces = pieces(text, separator, limit: limit < 0 ? .max : Int(clamping: limit - 1))
        return pieces.map { .string(String(decoding: $0, as: UTF8.self)) }
    }

    /// Each character by itself, and what is beyond the limit together.
    private static func characters(_ text: String, limit: Int) -> [CELValue] {
        let scalars = text.unicodeScalars
        guard scalars.count > limit else { return scalars.map { .string(String($0)) } }
        let rest = String(String.UnicodeScalarView(scalars.dropFirst(limit - 1)))
        return scalars.prefix(limit - 1).map { .string(String($0)) } + [.string(rest)]
    }

    /// The text between at most `limit` occurrences of `separator`; an empty one occurs before and after each character.
    private static func pieces(_ text: String, _ separator: String, limit: Int) -> [ArraySlice<UInt8>] {
        let bytes = Array(text.utf8)
        let part = Array(separator.utf8)
        var pieces: [ArraySlice<UInt8>] = []
        var start = 0
        var position = 0
        while pieces.count < limit, let found = next(part, in: bytes, from: position) {
            pieces.append(bytes[start..<found])
            start = found + part.count
            position = part.isEmpty ? characterEnd(bytes, found) : start
            if part.isEmpty, found == bytes.count { break }
        }
        pieces.append(bytes[min(start, bytes.count)...])
        return pieces
    }

    private static func next(_ part: [UInt8], in bytes: [UInt8], from position: Int) -> Int? {
        part.isEmpty ? (position <= bytes.count ? position : nil) : TextSearch.first(part, in: bytes, from: position)
    }

    private static func characterEnd(_ bytes: [UInt8], _ position: Int) -> Int {
        var end = position + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return end
    }

    private static func join(parameters: [CELType]) -> Overload {
        let signature = Overload.Signature(parameters: parameters, result: .string)
        let joined: @Sendable ([CELValue], String) throws(CELEvaluationError) -> String = {
            list,
            separator throws(CELEvaluationError) in
            var texts: [String] = []
            var length = 0
            for value in list {
                guard case .string(let text) = value else { throw .noSuchOverload }
                texts.append(text)
                length += text.utf8.count + separator.utf8.count
                try TextLimit.check(length, 0)
            }
            return texts.joined(separator: separator)
        }
        if parameters.count == 1 {
            return Overload.of(.member, signature, cost: Cost.twiceTheResult) { (list: [CELValue]) throws(CELEvaluationError) in
                try joined(list, "")
            }
        }
        return Overload.of(.member, signature, cost: Cost.twiceTheResult) {
            (list: [CELValue], separator: String) throws(CELEvaluationError) in
            try joined(list, separator)
        }
    }
}
