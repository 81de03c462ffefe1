import Foundation
import JSON
import Testing

@testable import Schema

/// Every YAML file below `examples/` is a list of objects that a new system takes, but for configurations of other programs.
struct ExamplesTests {
    static func files() throws -> [String] {
        let folder = repositoryRoot.appending(path: "examples")
        let all = try FileManager.default.subpathsOfDirectory(atPath: folder.path)
        return all.filter { $0.hasSuffix(".yaml") && !$0.hasSuffix("revert.yaml") && !$0.hasPrefix("forward-auth/") }.sorted()
    }

    @Test(arguments: try files()) func isAdmitted(_ name: String) throws {
        let file = repositoryRoot.appending(path: "examples/\(name)")
        for manifest in try ManifestReader.read(Array(try Data(contentsOf: file)), source: name) {
            let old = try DefaultObjects.all().first {
                $0["kind"] == manifest.value["kind"]
                    && $0.value(at: "metadata", "name") == manifest.value.value(at: "metadata", "name")
            }
            var object = manifest.value
            if let status = old?["status"] { object["status"] = status }
            let admitted = try admission().admit(object, replacing: old)
            #expect(admitted.warnings.isEmpty)
        }
    }
}
