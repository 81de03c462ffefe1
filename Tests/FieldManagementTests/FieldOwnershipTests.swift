import JSON
import Testing

@testable import FieldManagement

/// Server-side apply as Kubernetes' documentation tells it, one write after the other.
struct FieldOwnershipTests {
    @Test func anApplierOwnsWhatItSays() throws {
        var server = Server()
        try server.apply(
            [
                "type": "OIDC", "options": ["a": "1"], "providers": [["name": "p", "url": "u"]], "audiences": ["x"],
                "order": ["b", "a"],
            ],
            by: "ci",
            labels: ["team": "blue"]
        )
        #expect(
            server.fields("ci") == [
                ".metadata.labels.team", ".spec.audiences[=\"x\"]", ".spec.options.a", ".spec.order",
                ".spec.providers[name=\"p\"]", ".spec.providers[name=\"p\"].name", ".spec.providers[name=\"p\"].url",
                ".spec.type",
            ]
        )
    }

    @Test func whatItNoLongerSaysGoes() throws {
        var server = Server()
        try server.apply(
            ["type": "OIDC", "options": ["a": "1", "b": "2"], "providers": [["name": "p", "url": "u"], ["name": "q"]]],
            by: "ci"
        )
        try server.apply(["options": ["b": "2"], "providers": [["name": "p"]]], by: "ci")
        #expect(server.spec == ["options": ["b": "2"], "providers": [["name": "p"]]])
        try server.apply([:], by: "ci")
        #expect(server.spec == nil || server.spec == [:])
    }

    @Test func whatOthersOwnStays() throws {
        var server = Server()
        try server.apply(["type": "OIDC", "providers": [["name": "p", "url": "u"]]], by: "ci")
        try server.apply(
            ["type": "OIDC", "providers": [["name": "p", "claims": ["user": "sub"]], ["name": "q"]]],
            by: "team"
        )
        try server.apply(["options": ["a": "1"]], by: "ci")
        // The address was the first one's alone; the type and the item are the other's, too.
        #expect(
            server.spec == [
                "options": ["a": "1"], "type": "OIDC", "providers": [["name": "p", "claims": ["user": "sub"]], ["name": "q"]],
            ]
        )
        #expect(server.fields("ci") == [".spec.options.a"])
    }

    @Test func anotherValueOfSomebodyElsesFieldIsAConflict() throws {
        var server = Server()
        try server.apply(["type": "OIDC", "order": ["a"]], by: "ci")
        server.update(["type": "None", "order": ["a"]], by: "kubectl-edit")
        #expect(server.fields("ci") == [".spec.order"])
        #expect(server.fields("kubectl-edit", .update) == [".spec.type"])
        let before = server
        let error = #expect(throws: FieldConflicts.self) { try server.apply(["type": "OIDC", "order": ["a"]], by: "ci") }
        let conflicts = try #require(error?.conflicts)
        #expect(conflicts.map(\.field) == [".spec.type"])
        let words = "conflict with \"kubectl-edit\" using example.org/v1 at 2026-01-01T00:00:02Z"
        #expect(conflicts.first?.message == words)
        #expect(FieldConflict.summary(conflicts) == "Apply failed with 1 conflict: \(words): .spec.type")
        #expect(server.object == before.object)
        try server.apply(["type": "OIDC", "order": ["a"]], by: "ci", isForced: true)
        #expect(server.spec?["type"] == "OIDC")
        #expect(server.fields("kubectl-edit", .update) == [])
        #expect(server.fields("ci") == [".spec.order", ".spec.type"])
    }

    @Test func theSameValueIsNoConflictAndIsSharedThen() throws {
        var server = Server()
        try server.apply(["type": "OIDC"], by: "a")
        try server.apply(["type": "OIDC"], by: "b")
        try server.apply([:], by: "a")
        #expect(server.spec == ["type": "OIDC"])
        try server.apply([:], by: "b")
        #expect(server.spec?["type"] == nil)
    }

    @Test func severalConflictsAreToldByManager() throws {
        var server = Server()
        try server.apply(["type": "A", "order": ["a"]], by: "one")
        try server.apply(["options": ["x": "1"]], by: "two")
        let error = #expect(throws: FieldConflicts.self) {
            try server.apply(["type": "B", "order": ["b"], "options": ["x": "2"]], by: "three")
        }
        #expect(
            FieldConflict.summary(error?.conflicts ?? []) == """
                Apply failed with 3 conflicts: conflicts with "one":
                - .spec.order
                - .spec.type
                conflicts with "two":
                - .spec.options.x
                """
        )
    }

    @Test func wholeValuesHaveOneOwner() throws {
        var server = Server()
        try server.apply(["whole": ["a": "1"], "order": ["a"]], by: "one")
        #expect(server.fields("one") == [".spec.order", ".spec.whole"])
        #expect(throws: FieldConflicts.self) { try server.apply(["whole": ["b": "1"]], by: "two") }
        #expect(throws: FieldConflicts.self) { try server.apply(["order": ["a", "b"]], by: "two") }
    }

    @Test func keysThatAreMissingHaveTheirDefaults() throws {
        var server = Server()
        try server.apply(["ports": [["port": 80, "use": "a"]]], by: "one")
        try server.apply(["ports": [["port": 80, "protocol": "UDP", "use": "b"]]], by: "two")
        #expect(server.fields("one").contains(".spec.ports[port=80,protocol=\"TCP\"].use"))
        #expect(server.spec?["ports"]?.arrayValue?.count == 2)
        #expect(throws: FieldConflicts.self) {
            try server.apply(["ports": [["port": 80, "protocol": "TCP", "use": "c"]]], by: "two")
        }
    }

    @Test func newItemsComeLastAndTheOthersKeepTheirOrder() throws {
        var server = Server()
        try server.apply(["providers": [["name": "b"], ["name": "a"]]], by: "one")
        try server.apply(["providers": [["name": "c"], ["name": "a", "url": "u"]]], by: "two")
        let names = server.spec?["providers"]?.arrayValue?.map { $0["name"] }
        #expect(names == ["b", "a", "c"])
    }

    @Test func whoRemovesAFieldTakesItFromItsOwner() throws {
        var server = Server()
        try server.apply(["type": "OIDC", "options": ["a": "1"]], by: "ci")
        server.update(["options": ["a": "1"]], by: "kubectl-patch")
        #expect(server.fields("ci") == [".spec.options.a"])
        #expect(server.fields("kubectl-patch", .update) == [])
        // It comes back when it is applied again.
        try server.apply(["type": "OIDC", "options": ["a": "1"]], by: "ci")
        #expect(server.spec == ["type": "OIDC", "options": ["a": "1"]])
    }

    @Test func whatNobodyOwnedIsNotTakenAway() throws {
        var server = Server()
        try server.apply(["providers": [["name": "p", "url": "u"]]], by: "one")
        let applied = try Example.ownership.applying(
            Example.object(["providers": [["name": "p"]]]),
            to: Example.object(["type": "kept", "providers": [["name": "p", "url": "u", "claims": ["user": "kept"]]]]),
            managed: server.managed,
            manager: "one",
            isForced: false,
            time: "2026-01-01T00:01:00Z"
        )
        #expect(applied.object["spec"] == ["type": "kept", "providers": [["name": "p", "claims": ["user": "kept"]]]])
    }

    @Test func manyUpdatersBecomeOne() {
        var server = Server()
        for number in 0..<25 {
            var options: JSONValue = server.spec?["options"] ?? [:]
            options["o\(number)"] = "x"
            server.update(["options": options], by: "m\(number)")
        }
        let names = server.managed.entries.keys.map(\.name)
        #expect(names.count == 10 && names.contains("ancient-changes") && names.contains("m24") && !names.contains("m3"))
        #expect(server.managed.all.below(.field("spec")).below(.field("options")).elements.count == 25)
    }

    // MARK: - Properties

    private static let specs: [JSONValue] = [
        [:], ["type": "A"], ["type": "B"], ["options": ["a": "1"]], ["options": ["a": "2", "b": "1"]], ["options": [:]],
        ["audiences": ["x"]], ["audiences": ["y", "x"]], ["order": []], ["order": ["a"]], ["whole": ["a": "1"]],
        ["providers": []], ["providers": [["name": "p"]]], ["providers": [["name": "p", "url": "u"], ["name": "q"]]],
        ["providers": [["name": "q", "claims": ["user": "s"]]]], ["providers": [["name": "p", "claims": [:]]]],
        ["free": ["x": ["y": [1, 2]]]], ["free": ["x": ["z": 1]]], ["type": .null],
        ["ports": [["port": 1]]], ["ports": [["port": 1, "protocol": "UDP", "use": "a"], ["port": 2]]],
    ]

    /// Applying twice is applying once; what was applied is there; what another one owns is untouched by an apply that says nothing.
    @Test func holdsForAllPairs() throws {
        for first in Self.specs {
            for second in Self.specs {
                var server = Server()
                try server.apply(first, by: "one")
                try server.apply(second, by: "two", isForced: true)
                let context = "\(JSONWriter.text(of: first)) then \(JSONWriter.text(of: second))"
                var again = server
                try again.apply(second, by: "two")
                #expect(again.object == server.object && again.managed == server.managed, "\(context)")
                let difference = FieldWalk.difference(
                    from: Example.object(second),
                    to: server.object,
                    Example.ownership.shape
                )
                #expect(difference.removed.isEmpty && difference.modified.isEmpty, "\(context)")
                #expect(ManagedFields(server.managed.value) == server.managed, "\(context)")
                // Gone again, but for the empty object that it still says; and the first one's word can be restored.
                try server.apply([:], by: "two")
                #expect(server.fields("two") == [".spec"], "\(context)")
                var restored = server
                try restored.apply(first, by: "one", isForced: true)
                let missing = FieldWalk.difference(from: Example.object(first), to: restored.object, Example.ownership.shape)
                #expect(missing.removed.isEmpty && missing.modified.isEmpty, "\(context)")
            }
        }
    }

    /// What an update changed is the updater's, and nobody else's.
    @Test func updatesOwnWhatTheyChange() throws {
        for first in Self.specs {
            for second in Self.specs {
                var server = Server()
                try server.apply(first, by: "one")
                server.update(second, by: "two")
                let context = "\(JSONWriter.text(of: first)) then \(JSONWriter.text(of: second))"
                let one = server.managed[.init(name: "one", operation: .apply, apiVersion: "example.org/v1")]
                let two = server.managed[.init(name: "two", operation: .update, apiVersion: "example.org/v1")]
                #expect(one.intersection(two).isEmpty, "\(context)")
                for path in one.union(two).paths {
                    #expect(Self.part(of: server.object, at: path[...], Example.ownership.shape) != nil, "\(context)")
                }
            }
        }
    }

    /// What is at a place of an object; nil: there is nothing.
    private static func part(of value: JSONValue, at path: ArraySlice<PathElement>, _ shape: MergeShape) -> JSONValue? {
        guard let first = path.first else { return value }
        let next: JSONValue? =
            if case .field(let name) = first { value[name] } else { value.arrayValue?.first { shape.element(of: $0) == first } }
        return next.flatMap { part(of: $0, at: path.dropFirst(), shape.part(at: first) ?? .unknown) }
    }
}
