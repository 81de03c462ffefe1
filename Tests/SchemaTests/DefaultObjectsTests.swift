import Foundation
import JSON
import Testing

@testable import Schema

struct DefaultObjectsTests {
    /// The build makes constants of the files, not a list; a new file that is not listed would silently be left out.
    @Test func everyManifestIsListed() throws {
        let folder = repositoryRoot.appending(path: "manifests")
        let files = try FileManager.default.contentsOfDirectory(atPath: folder.path)
        #expect(Set(files.filter { $0.hasSuffix(".crd.yaml") }) == Set(EmbeddedManifests.definitionFiles.map(\.name)))
        let defaults = try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "defaults").path)
        #expect(Set(defaults) == Set(EmbeddedManifests.defaultObjectFiles.map(\.name)))
    }

    @Test func eachIsAdmittedAndAdmittingAgainChangesNothing() throws {
        let admission = Admission(catalog: try .builtIn())
        let objects = try DefaultObjects.all()
        #expect(objects.count == 24)
        for object in objects {
            let manifest = Manifest(value: object, source: "default")
            let definition = try #require(
                admission.catalog.definition(apiVersion: manifest.apiVersion ?? "", kind: manifest.kind ?? "")
            )
            let once = try admission.admit(object, as: definition)
            #expect(once.warnings.isEmpty)
            let twice = try admission.admit(once.object.value, as: definition, replacing: once.object.value)
            #expect(once.object == twice.object)
        }
    }

    @Test func theDefaultPolicyIsComplete() throws {
        let admission = Admission(catalog: try .builtIn())
        let definition = try #require(admission.catalog.definition(apiVersion: "postern.dev/v1alpha1", kind: "RolloutPolicy"))
        let object = try #require(try DefaultObjects.all().first { $0["kind"] == "RolloutPolicy" })
        let policy = try admission.admit(object, as: definition).object.value.decoded(as: RolloutPolicy.self)
        #expect(policy.spec.maxUnavailable == .count(1))
        #expect(policy.spec.progressDeadlineSeconds == 60)
        #expect(policy.spec.unavailableProviderPolicy == .hold)
    }
}
