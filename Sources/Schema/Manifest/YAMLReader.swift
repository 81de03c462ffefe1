import JSON
import Yams

/// Turns YAML text into values with their positions. Lives for one file.
struct YAMLReader {
    let source: String
    let limits: ManifestReader.Limits
    private var nodesLeft: Int
    private var marks: [FieldPath: Manifest.Mark] = [:]

    init(source: String, limits: ManifestReader.Limits) {
        self.source = source
        self.limits = limits
        self.nodesLeft = limits.nodes
    }

    /// - Parameter atMost: how many are read, empty ones included; the text behind them is not looked at.
    mutating func documents(of text: String, atMost count: Int = .max) throws(InvalidManifest) -> [Manifest] {
        try refuseAliases(in: text, documentCount: count)
        let parser = try started(text)
        // Nodes hold their anchors weakly: without the parser an anchored node looks like any other.
        defer { withExtendedLifetime(parser) {} }
        var manifests: [Manifest] = []
        var left = count
        while left > 0, let root = try nextDocument(of: parser) {
            left -= 1
            marks = [:]
            let document = try value(root, at: .root, depth: 0)
            if !document.isNull { manifests.append(Manifest(value: document, source: source, marks: marks)) }
        }
        return manifests
    }

    /// Stops at the first alias before any alias can be followed.
    ///
    /// The parser compares the keys of a mapping by all that is inside them, so a few nested aliases in a key would cost
    /// hours. With every `&` turned into `!` (a tag stands where an anchor stands) no anchor is left to refer to, and the
    /// parser stops at the first alias by itself.
    private func refuseAliases(in text: String, documentCount: Int) throws(InvalidManifest) {
        guard text.utf8.contains(UInt8(ascii: "&")), text.utf8.contains(UInt8(ascii: "*")) else { return }
        let tagged = text.utf8.map { $0 == UInt8(ascii: "&") ? UInt8(ascii: "!") : $0 }
        let parser = try started(String(decoding: tagged, as: UTF8.self))
        var left = documentCount
        while left > 0, try nextDocument(of: parser) != nil { left -= 1 }
    }

    private func started(_ text: String) throws(InvalidManifest) -> Yams.Parser {
        do {
            // The basic resolver leaves the meaning of plain scalars to us.
            return try Yams.Parser(yaml: text, resolver: .basic, encoding: .utf8)
        } catch {
            throw refusal(error)
        }
    }

    private func nextDocument(of parser: Yams.Parser) throws(InvalidManifest) -> Yams.Node? {
        do { return try parser.nextRoot() } catch { throw refusal(error) }
    }

    private mutating func value(_ node: Yams.Node, at path: FieldPath, depth: Int) throws(InvalidManifest) -> JSONValue {
        guard node.anchor == nil else { throw refusal(node, .alias, Self.noAliases) }
        guard depth <= limits.depth else {
            throw refusal(node, .tooDeep, "nested more than \(limits.depth) levels deep")
        }
        nodesLeft -= 1
        guard nodesLeft >= 0 else { throw refusal(node, .tooManyNodes, "more than \(limits.nodes) values in one file") }
        if let mark = node.mark { marks[path] = Manifest.Mark(line: mark.line, column: mark.column) }
        switch node {
        case .scalar(let scalar):
            return try self.scalar(scalar, node)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for item in sequence { values.append(try value(item, at: path[values.count], depth: depth + 1)) }
            return .array(values)
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, item) in mapping {
                let name = try self.name(key)
                guard object[name] == nil else {
                    throw refusal(key, .duplicateKey, "the key \"\(name)\" occurs twice in one mapping")
                }
                object[name] = try value(item, at: path[name], depth: depth + 1)
                // The key is where a person looks; only empty paths (documents) have none.
                if let mark = key.mark { marks[path[name]] = Manifest.Mark(line: mark.line, column: mark.column) }
            }
            return .object(object)
        case .alias:
            throw refusal(node, .alias, Self.noAliases)
        }
    }

    private func scalar(_ scalar: Yams.Node.Scalar, _ node: Yams.Node) throws(InvalidManifest) -> JSONValue {
        let tag = scalar.tag.rawValue
        switch (tag, scalar.style) {
        case ("", .plain), ("", .any):
            guard let value = YAMLScalar.resolve(scalar.string) else {
                throw refusal(node, .number, "\(scalar.string.prefix(80)) is not a number that JSON can hold")
            }
            return value
        case ("", _), ("!", _), ("tag:yaml.org,2002:str", _):
            return .string(scalar.string)
        case ("tag:yaml.org,2002:int", _), ("tag:yaml.org,2002:float", _), ("tag:yaml.org,2002:bool", _),
            ("tag:yaml.org,2002:null", _):
            if let value = YAMLScalar.resolve(scalar.string), value.yamlTags.contains(tag) { return value }
            throw refusal(node, .tag, "the value does not fit its tag")
        default:
            throw refusal(node, .tag, "tags other than !!str, !!int, !!float, !!bool and !!null are not accepted")
        }
    }

    private func name(_ key: Yams.Node) throws(InvalidManifest) -> String {
        guard key.anchor == nil else { throw refusal(key, .alias, Self.noAliases) }
        guard case .scalar(let scalar) = key else {
            throw refusal(key, .key, "a key must be a plain word, not a list or a mapping")
        }
        guard scalar.style == .plain else { return scalar.string }
        switch YAMLScalar.resolve(scalar.string) {
        case .string(let name): return name
        case .bool(let value): return String(value)
        case .integer(let value): return String(value)
        case .number(let value): return JSONWriter.text(of: .number(value))
        default: throw refusal(key, .key, "null cannot be a key")
        }
    }

    private static let noAliases = "anchors and aliases are not accepted; write the value out"
}

// MARK: - Errors

extension YAMLReader {
    private func refusal(_ node: Yams.Node, _ reason: InvalidManifest.Reason, _ problem: String) -> InvalidManifest {
        let mark = node.mark.map { Manifest.Mark(line: $0.line, column: $0.column) }
        return InvalidManifest(source: source, mark: mark, reason: reason, problem: problem)
    }

    /// The parser's own errors carry the whole document; only the place and the problem are kept.
    private func refusal(_ error: any Error) -> InvalidManifest {
        let own = { (mark: Yams.Mark?, reason: InvalidManifest.Reason, problem: String) in
            InvalidManifest(
                source: source,
                mark: mark.map { Manifest.Mark(line: $0.line, column: $0.column) },
                reason: reason,
                problem: problem
            )
        }
        guard let error = error as? YamlError else { return own(nil, .syntax, "not valid YAML") }
        switch error {
        case .scanner(let context, let problem, let mark, _), .parser(let context, let problem, let mark, _):
            // The parser has a limit of its own, so that text beyond ours does not exhaust the stack before we count.
            guard !problem.contains("nesting level") else { return own(mark, .tooDeep, "nested too deeply") }
            return own(mark, .syntax, [context?.text, problem].compactMap(\.self).joined(separator: ": "))
        case .composer(_, let problem, let mark, _):
            return problem.contains("alias") ? own(mark, .alias, Self.noAliases) : own(mark, .syntax, problem)
        case .duplicatedKeysInMapping(let keys, let context):
            return own(
                context.mark,
                .duplicateKey,
                "the key \"\(keys.first.map { String($0.prefix(80)) } ?? "")\" occurs twice in one mapping"
            )
        case .reader(let problem, _, _, _):
            return own(nil, .encoding, problem)
        default:
            return own(nil, .syntax, "not valid YAML")
        }
    }
}

extension JSONValue {
    /// The YAML tags that a value of this kind may be written with.
    fileprivate var yamlTags: Set<String> {
        switch self {
        case .null: ["tag:yaml.org,2002:null"]
        case .bool: ["tag:yaml.org,2002:bool"]
        case .integer: ["tag:yaml.org,2002:int", "tag:yaml.org,2002:float"]
        case .number: ["tag:yaml.org,2002:float"]
        case .string, .array, .object: []
        }
    }
}
