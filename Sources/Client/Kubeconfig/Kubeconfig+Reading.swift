import Foundation
import JSON
import Yams

extension Kubeconfig {
    /// More than any real one has; a person's own file is read, so the limits only keep a slip from hurting.
    private static let sizeLimit = 4 << 20
    private static let depthLimit = 16

    /// Reads the YAML or JSON of one file.
    package static func parse(_ bytes: [UInt8], source: String) throws(InvalidKubeconfig) -> Kubeconfig {
        guard bytes.count <= sizeLimit else { throw InvalidKubeconfig("\(source) is too large for a kubeconfig") }
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw InvalidKubeconfig("\(source) is not UTF-8 text")
        }
        let document: JSONValue
        do {
            guard let node = try Yams.compose(yaml: text) else { return Kubeconfig() }
            document = try value(of: node, depth: 0)
        } catch {
            throw InvalidKubeconfig("\(source) is not a kubeconfig: \(problem(error))")
        }
        guard document.objectValue != nil else { throw InvalidKubeconfig("\(source) is not a kubeconfig: it is not a map") }
        if let kind = document["kind"]?.stringValue, kind != "Config" {
            throw InvalidKubeconfig("\(source) is not a kubeconfig: its kind is \(kind), not Config")
        }
        return Kubeconfig(document)
    }

    /// The parser's own text would echo the file, with its keys.
    private static func problem(_ error: any Error) -> String {
        if let error = error as? InvalidKubeconfig { return error.message }
        guard let error = error as? YamlError else { return "not valid YAML" }
        switch error {
        case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _),
            .composer(_, let problem, let mark, _):
            return "line \(mark.line), column \(mark.column): \(problem)"
        default: return "not valid YAML"
        }
    }

    private static func value(of node: Node, depth: Int) throws(InvalidKubeconfig) -> JSONValue {
        guard depth < depthLimit else { throw InvalidKubeconfig("nested too deeply") }
        switch node {
        case .scalar(let scalar):
            if node.null != nil, scalar.style == .plain { return .null }
            if scalar.style == .plain, let bool = node.bool { return .bool(bool) }
            if scalar.style == .plain, let integer = node.int { return .integer(Int64(integer)) }
            return .string(scalar.string)
        case .sequence(let sequence):
            var values: [JSONValue] = []
            for element in sequence { values.append(try value(of: element, depth: depth + 1)) }
            return .array(values)
        case .mapping(let mapping):
            var object = JSONObject()
            for (key, element) in mapping { object[key.string ?? ""] = try value(of: element, depth: depth + 1) }
            return .object(object)
        case .alias: throw InvalidKubeconfig("aliases are not supported")
        }
    }
}
