import ArgumentParser
import Foundation

/// Where the entries of a secret or a config map come from.
struct DataSources: ParsableArguments {
    @Option(help: ArgumentHelp("An entry, as typed.", valueName: "key=value"))
    var fromLiteral: [String] = []
    @Option(
        help: ArgumentHelp(
            "An entry from a file; the key is the file's name unless given. A folder gives all its files.",
            valueName: "[key=]path"
        )
    )
    var fromFile: [String] = []

    func entries() throws -> [String: [UInt8]] {
        var entries: [String: [UInt8]] = [:]
        for (key, bytes) in try literals() + files() {
            guard entries.updateValue(bytes, forKey: key) == nil else {
                throw CommandFailure("the key \"\(key)\" is given twice")
            }
        }
        return entries
    }

    private func literals() throws -> [(String, [UInt8])] {
        try fromLiteral.map { text in
            guard let sign = text.firstIndex(of: "="), sign > text.startIndex else {
                // The text may be the secret itself, so it is not repeated.
                throw CommandFailure("--from-literal takes key=value")
            }
            return (String(text[..<sign]), Array(text[text.index(after: sign)...].utf8))
        }
    }

    private func files() throws -> [(String, [UInt8])] {
        try fromFile.flatMap { text -> [(String, [UInt8])] in
            if let sign = text.firstIndex(of: "=") {
                return [(String(text[..<sign]), try ManifestFiles.bytes(of: String(text[text.index(after: sign)...])))]
            }
            var isFolder: ObjCBool = false
            if FileManager.default.fileExists(atPath: text, isDirectory: &isFolder), isFolder.boolValue {
                return try FileManager.default.contentsOfDirectory(atPath: text).sorted().map { name in
                    (name, try ManifestFiles.bytes(of: "\(text)/\(name)"))
                }
            }
            return [((text as NSString).lastPathComponent, try ManifestFiles.bytes(of: text))]
        }
    }
}
