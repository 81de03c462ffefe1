import JSON

/// The address of a value in a document (RFC 6901): `/spec/oidcProviders/0/name`.
struct JSONPointer: Hashable, Sendable, CustomStringConvertible {
    private let tokens: [String]
    let description: String

    init?(_ text: String) {
        guard text.isEmpty || text.hasPrefix("/"), text.utf8.count <= 4096 else { return nil }
        description = text
        tokens = text.split(separator: "/", omittingEmptySubsequences: false).dropFirst().map { token in
            String(token).replacing("~1", with: "/").replacing("~0", with: "~")
        }
    }

    var isRoot: Bool { tokens.isEmpty }

    func value(in document: JSONValue) -> JSONValue? {
        tokens.reduce(Optional(document)) { current, token in
            switch current {
            case .array(let values)?: Self.index(token, below: values.count).map { values[$0] }
            case .object(let object)?: object[token]
            default: nil
            }
        }
    }

    /// Inserts into a list, sets a member of an object; false if there is no such place.
    func add(_ new: JSONValue, to document: inout JSONValue) -> Bool {
        Self.change(&document, at: tokens[...]) { container, token in
            guard let token else { return new }
            switch container {
            case .object(var object):
                object[token] = new
                return .object(object)
            case .array(var values):
                guard let index = token == "-" ? values.count : Self.index(token, below: values.count + 1) else { return nil }
                values.insert(new, at: index)
                return .array(values)
            default: return nil
            }
        }
    }

    /// Takes a value out of the document; nil if there is none.
    func remove(from document: inout JSONValue) -> JSONValue? {
        guard let removed = value(in: document), !isRoot else { return nil }
        let done = Self.change(&document, at: tokens[...]) { container, token in
            guard let token else { return nil }
            switch container {
            case .object(var object):
                object[token] = nil
                return .object(object)
            case .array(var values):
                guard let index = Self.index(token, below: values.count) else { return nil }
                values.remove(at: index)
                return .array(values)
            default: return nil
            }
        }
        return done ? removed : nil
    }

    /// Replaces the container that holds the last token by what `edit` makes of it.
    private static func change(
        _ value: inout JSONValue,
        at tokens: ArraySlice<String>,
        edit: (JSONValue, String?) -> JSONValue?
    ) -> Bool {
        guard tokens.count > 1, let token = tokens.first else {
            guard let edited = edit(value, tokens.first) else { return false }
            value = edited
            return true
        }
        switch value {
        case .object(var object):
            guard var next = object[token], change(&next, at: tokens.dropFirst(), edit: edit) else { return false }
            object[token] = next
            value = .object(object)
        case .array(var values):
            guard let index = index(token, below: values.count) else { return false }
            guard change(&values[index], at: tokens.dropFirst(), edit: edit) else { return false }
            value = .array(values)
        default: return false
        }
        return true
    }

    private static func index(_ token: String, below count: Int) -> Int? {
        guard token.utf8.allSatisfy({ (0x30...0x39).contains($0) }), token == "0" || !token.hasPrefix("0"),
            let index = Int(token), index < count
        else { return nil }
        return index
    }
}
