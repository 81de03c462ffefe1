import Foundation
import Testing

/// `controller --manifests DIR`: files are applied as they appear and change; a bad one changes nothing and stops nothing.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(3)))
struct ManifestDirectoryTests {
    @Test func appliesFilesAsTheyAppearAndChangeAndReportsBadOnes() async throws {
        let manifests = FileManager.default.temporaryDirectory.appending(
            path: "postern-manifests-\(UUID().uuidString.prefix(8))"
        )
        try FileManager.default.createDirectory(at: manifests, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: manifests) }
        func write(_ name: String, _ text: String) throws {
            try Data(text.utf8).write(to: manifests.appending(path: name), options: .atomic)
        }
        func configMap(_ value: String) -> String {
            "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: from-a-file\n  namespace: openshift-config\ndata:\n  key: \(value)\n"
        }
        try write("10-first.yaml", configMap("one"))
        try await TestCluster.with(arguments: ["--manifests", manifests.path]) { cluster, _ in
            func value() throws -> String {
                try cluster.ctl("get", "configmap", "from-a-file", "-n", "openshift-config", "-o", "yaml").output
            }
            try await eventually("the first file is applied") { try value().contains("key: one") }

            try write("20-broken.yaml", "apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: [\n")
            try write("10-first.yaml", configMap("two"))
            try await eventually("the change is applied beside a broken file") { try value().contains("key: two") }
            try await eventually("the broken file is reported with its place") {
                cluster.log.contains("20-broken.yaml:")
            }

            try write(
                "30-wrong.yaml",
                "apiVersion: config.openshift.io/v1\nkind: Authentication\nmetadata:\n  name: cluster\nspec:\n  type: OICD\n"
            )
            try await eventually("the invalid field is reported with its path") {
                cluster.log.contains("30-wrong.yaml") && cluster.log.contains("spec.type")
            }
            #expect(try cluster.ctl("get", "authentication", "cluster", "-o", "yaml").output.contains("OICD") == false)
        }
    }
}
