import JSON
import Schema
import Synchronization
import Testing

@testable import API

/// What dry runs find out beyond validation, and that nothing else asks for it.
struct DryRunTrialTests {
    /// Remembers the objects it was asked about.
    private final class Trials: Sendable {
        let asked = Mutex<[JSONValue]>([])

        var all: [DryRunTrial] {
            [
                DryRunTrial(ResourceName(group: "config.openshift.io", plural: "authentications")) { object in
                    self.asked.withLock { $0.append(object) }
                    return ["no route to \"idp\"", "ends soon"]
                }
            ]
        }

        var types: [String] { asked.withLock { $0.map { $0.value(at: "spec", "type")?.stringValue ?? "" } } }
    }

    private static let told = ["299 - \"no route to \\\"idp\\\"\"", "299 - \"ends soon\""]

    @Test func aDryRunIsTriedAsItWouldBeStored() async throws {
        let trials = Trials()
        try await TestAPI.with(trials: trials.all) { api in
            let path = "\(TestAPI.cluster)?dryRun=All"
            let patched = try await api.patch(path, ["spec": ["type": "None"]])
            #expect(patched.code == 200 && patched.warnings == Self.told)
            var object = try await api.get(TestAPI.cluster).json
            object["spec"] = ["type": "IntegratedOAuth"]
            let updated = try await api.update(path, object)
            #expect(updated.code == 200 && updated.warnings == Self.told)
            let configuration: JSONValue = [
                "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"],
                "spec": ["type": "None"],
            ]
            let applied = try await api.send(
                "PATCH",
                "\(path)&fieldManager=a",
                headers: ["Content-Type": "application/apply-patch+yaml"],
                body: JSONWriter.bytes(of: configuration)
            )
            #expect(applied.warnings == Self.told, "\(applied.text)")
            #expect(trials.types == ["None", "IntegratedOAuth", "None"])
        }
    }

    @Test func nothingElseIsTried() async throws {
        let trials = Trials()
        try await TestAPI.with(trials: trials.all) { api in
            let written = try await api.patch(TestAPI.cluster, ["spec": ["type": "None"]])
            #expect(written.code == 200 && written.warnings.isEmpty)
            let status = try await api.patch("\(TestAPI.cluster)/status?dryRun=All", ["status": [:]])
            #expect(status.code == 200 && status.warnings.isEmpty)
            let other = try await api.create("\(TestAPI.configMaps)?dryRun=All", TestAPI.configMap("a"))
            #expect(other.code == 201 && other.warnings.isEmpty)
            let refused = try await api.patch("\(TestAPI.cluster)?dryRun=All", ["spec": ["type": "Magic"]])
            #expect(refused.code == 422)
            #expect(trials.types.isEmpty)
        }
    }

    @Test func aNewObjectIsTried() async throws {
        let trial = DryRunTrial(ResourceName(group: "", plural: "configmaps")) { object in
            [object.value(at: "metadata", "name")?.stringValue ?? ""]
        }
        try await TestAPI.with(trials: [trial]) { api in
            let dry = try await api.create("\(TestAPI.configMaps)?dryRun=All", TestAPI.configMap("a"))
            #expect(dry.code == 201 && dry.warnings == ["299 - \"a\""])
            let real = try await api.create(TestAPI.configMaps, TestAPI.configMap("a"))
            #expect(real.code == 201 && real.warnings.isEmpty)
        }
    }

    /// Whoever changes the configuration while nothing comes of it is told, with any client.
    @Test func aPauseIsTold() async throws {
        try await TestAPI.with { api in
            let policy: JSONValue = [
                "apiVersion": "postern.dev/v1alpha1", "kind": "RolloutPolicy", "metadata": ["name": "cluster"],
                "spec": ["paused": true],
            ]
            let before = try await api.patch(TestAPI.cluster, ["spec": ["type": "None"]])
            #expect(before.warnings.isEmpty)
            _ = try await api.create("/apis/postern.dev/v1alpha1/rolloutpolicies", policy)
            let told = try await api.patch(TestAPI.cluster, ["spec": ["type": "IntegratedOAuth"]])
            #expect(told.warnings == ["299 - \"the roll-out is paused; ctl rollout resume lets it go on\""])
            let other = try await api.create(TestAPI.configMaps, TestAPI.configMap("a"))
            #expect(other.code == 201 && other.warnings.isEmpty)
        }
    }
}
