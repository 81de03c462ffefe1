import Foundation
import JSON
import Testing

@testable import Schema

/// Manifests and what becomes of them: each file of `Fixtures/KIND/{valid,invalid}` has its outcome beside it.
///
/// `UPDATE_GOLDEN=1` writes the outcomes anew. `name.previous.yaml`, where there is one, is the stored object.
struct GoldenTests {
    static let fixtures = repositoryRoot.appending(path: "Tests/SchemaTests/Fixtures")

    static func names(_ folder: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: fixtures.appending(path: folder).path)
            .filter { $0.hasSuffix(".yaml") && !$0.hasSuffix(".previous.yaml") }.sorted().map { "\(folder)/\($0.dropLast(5))" }
    }

    @Test(arguments: try names("authentication/valid")) func valid(_ name: String) throws {
        let (outcome, admitted) = try outcome(of: name)
        try compare(outcome, with: name)
        let value = try #require(admitted, "\(outcome)").object.value
        #expect(try admission().admit(value, replacing: value).object.value == value, "once more changes nothing")
    }

    @Test(arguments: try names("authentication/invalid")) func invalid(_ name: String) throws {
        let (outcome, admitted) = try outcome(of: name)
        #expect(admitted == nil)
        try compare(outcome, with: name)
    }

    private func outcome(of name: String) throws -> (String, Admitted?) {
        let file = Self.fixtures.appending(path: "\(name).yaml")
        let manifest: Manifest
        do {
            let bytes = Array(try Data(contentsOf: file))
            manifest = try #require(try ManifestReader.read(bytes, source: file.lastPathComponent).first)
        } catch let error as InvalidManifest {
            return (error.description, nil)
        }
        let previous = Self.fixtures.appending(path: "\(name).previous.yaml")
        let old =
            FileManager.default.fileExists(atPath: previous.path)
            ? try document(String(contentsOf: previous, encoding: .utf8)) : nil
        do {
            let admitted = try admission().admit(manifest.value, replacing: old)
            let warnings = admitted.warnings.map { "Warning: \($0)\n" }.joined()
            return (warnings + JSONWriter.text(of: admitted.object.value, pretty: true), admitted)
        } catch let error as InvalidObject {
            return (error.report(on: manifest), nil)
        }
    }

    private func compare(_ outcome: String, with name: String) throws {
        let file = Self.fixtures.appending(path: "\(name).expected")
        if ProcessInfo.processInfo.environment["UPDATE_GOLDEN"] == "1" {
            try Data((outcome + "\n").utf8).write(to: file)
        }
        let expected = try String(contentsOf: file, encoding: .utf8)
        #expect(outcome + "\n" == expected)
    }
}
