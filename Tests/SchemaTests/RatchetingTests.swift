import JSON
import Testing

@testable import Schema

/// An invalid value that is already stored does not stop other changes, as in Kubernetes.
struct RatchetingTests {
    /// As if stored before the schema became stricter.
    static let stored = authentication {
        $0.set("spec.oidcProviders.0.issuer.audiences", AuthenticationStructureTests.many(11))
        $0.set("spec.oidcProviders.0.claimMappings.username.claim", .string(String(repeating: "x", count: 300)))
    }

    @Test func isInvalidWhenNew() throws {
        #expect(try admission().problems(Self.stored).count == 2)
    }

    @Test func unchangedInvalidValuesPass() throws {
        var changed = Self.stored
        changed.set("spec.oidcProviders.0.claimMappings.groups", ["claim": "groups"])
        #expect(try admission().problems(changed, replacing: Self.stored).isEmpty)
    }

    @Test func changedToAnotherInvalidValueFails() throws {
        var changed = Self.stored
        changed.set("spec.oidcProviders.0.issuer.audiences", AuthenticationStructureTests.many(12))
        #expect(
            try admission().problems(changed, replacing: Self.stored) == [
                "spec.oidcProviders[0].issuer.audiences: Too many: 12: must have at most 10 items"
            ]
        )
    }

    @Test func changedToValidPasses() throws {
        var changed = Self.stored
        changed.set("spec.oidcProviders.0.issuer.audiences", ["one"])
        changed.set("spec.oidcProviders.0.claimMappings.username.claim", "sub")
        #expect(try admission().problems(changed, replacing: Self.stored).isEmpty)
    }

    /// Items of a list of type map are followed by their key: under another name a provider is a new one.
    @Test func aRenamedProviderIsNew() throws {
        var changed = Self.stored
        changed.set("spec.oidcProviders.0.name", "renamed")
        #expect(try admission().problems(changed, replacing: Self.stored).count == 2)
    }
}
