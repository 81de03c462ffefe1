import Foundation
import JSON

/// One case of a family: a JSON file, or a line of a `.jsonl` file.
struct ConformanceCase: Sendable {
    let name: String
    let value: JSONValue

    static let limits = JSONParser.Limits(bytes: 16 << 20, depth: 200)

    /// The server that the case's configuration names.
    var serverURL: String { value["serverURL"]?.stringValue ?? "" }

    static func all(in folder: URL) throws -> [ConformanceCase] {
        guard FileManager.default.fileExists(atPath: folder.path) else { return [] }
        let names = try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted()
        return try names.flatMap { name -> [ConformanceCase] in
            let bytes = try Data(contentsOf: folder.appending(path: name))
            switch (name as NSString).pathExtension {
            case "json": return [try parsed(bytes, in: name)]
            case "jsonl":
                return try bytes.split(separator: UInt8(ascii: "\n")).enumerated().map { index, line in
                    try parsed(line, in: "\(name):\(index + 1)")
                }
            default: return []
            }
        }
    }

    private static func parsed(_ bytes: some Collection<UInt8>, in place: String) throws -> ConformanceCase {
        let value = try JSONParser.parse(bytes, limits: limits)
        return ConformanceCase(name: "\(place) \(value["name"]?.stringValue ?? "")", value: value)
    }
}
