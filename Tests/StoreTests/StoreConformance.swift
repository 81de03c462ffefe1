import JSON
import Schema
import Store
import Testing

/// A place where one store's state lives; opening it twice is what a restart is.
protocol StoreScratch: Sendable {
    /// Opens what is there; `history` is the number of changes to keep, `watchBuffer` how far a reader may be behind.
    func open(history: Int64, watchBuffer: Int) async throws -> any ObjectStore
}

extension StoreScratch {
    func open() async throws -> any ObjectStore { try await open(history: 10_000, watchBuffer: 1_000) }
}

/// What every `ObjectStore` promises. A back end's tests run each of these on a fresh scratch of its own.
enum StoreConformance {
    struct Promise: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let check: @Sendable (any StoreScratch) async throws -> Void

        init(_ name: String, check: @escaping @Sendable (any StoreScratch) async throws -> Void) {
            self.testDescription = name
            self.check = check
        }
    }

    static let promises = objects + lists + watches + histories
}

// MARK: - Single objects

extension StoreConformance {
    static let objects = [
        Promise("a created object comes back with its version in its metadata") { scratch in
            let store = try await scratch.open()
            let created = try await store.create(Sample.configMap("a", data: "1"))
            #expect(created.version == 1)
            #expect(created.value.value(at: "metadata", "resourceVersion") == "1")
            #expect(try await store.get(Sample.id("a")) == created)
            #expect(try await store.currentRevision() == 1)
        },
        Promise("creating twice is refused and changes nothing") { scratch in
            let store = try await scratch.open()
            let created = try await store.create(Sample.configMap("a", data: "1"))
            await #expect(throws: StoreError.alreadyExists(Sample.id("a"))) {
                try await store.create(Sample.configMap("a", data: "2"))
            }
            #expect(try await store.get(Sample.id("a")) == created)
            #expect(try await store.currentRevision() == 1)
        },
        Promise("names that only render alike are two objects") { scratch in
            let store = try await scratch.open()
            _ = try await store.create(Sample.configMap("caf\u{E9}", data: "composed"))
            _ = try await store.create(Sample.configMap("cafe\u{301}", data: "decomposed"))
            #expect(try await store.get(Sample.id("cafe\u{301}")).text == "decomposed")
            #expect(try await store.list(Sample.configMaps, namespace: nil).items.count == 2)
        },
        Promise("an update with the right version wins, with an old one it is a conflict that names the current one") {
            scratch in
            let store = try await scratch.open()
            let first = try await store.create(Sample.configMap("a", data: "1"))
            let second = try await store.update(Sample.configMap("a", data: "2"), ifVersion: first.version)
            await #expect(throws: StoreError.conflict(Sample.id("a"), current: second.version)) {
                try await store.update(Sample.configMap("a", data: "3"), ifVersion: first.version)
            }
            #expect(try await store.get(Sample.id("a")) == second)
        },
        Promise("an update without a version overwrites") { scratch in
            let store = try await scratch.open()
            _ = try await store.create(Sample.configMap("a", data: "1"))
            _ = try await store.update(Sample.configMap("a", data: "2"), ifVersion: nil)
            #expect(try await store.get(Sample.id("a")).text == "2")
        },
        Promise("an update that changes nothing keeps the version") { scratch in
            let store = try await scratch.open()
            let first = try await store.create(Sample.configMap("a", data: "1"))
            #expect(try await store.update(Sample.configMap("a", data: "1"), ifVersion: first.version) == first)
            #expect(try await store.currentRevision() == first.version)
        },
        Promise("an unknown object cannot be read, updated or deleted") { scratch in
            let store = try await scratch.open()
            let missing = StoreError.notFound(Sample.id("a"))
            await #expect(throws: missing) { try await store.get(Sample.id("a")) }
            await #expect(throws: missing) { try await store.update(Sample.configMap("a"), ifVersion: nil) }
            await #expect(throws: missing) { try await store.delete(Sample.id("a"), ifVersion: nil) }
        },
        Promise("a delete returns what was there, once") { scratch in
            let store = try await scratch.open()
            let created = try await store.create(Sample.configMap("a", data: "1"))
            await #expect(throws: StoreError.conflict(Sample.id("a"), current: 1)) {
                try await store.delete(Sample.id("a"), ifVersion: 99)
            }
            #expect(try await store.delete(Sample.id("a"), ifVersion: created.version) == created)
            await #expect(throws: StoreError.notFound(Sample.id("a"))) { try await store.get(Sample.id("a")) }
            #expect(try await store.currentRevision() == 2)
        },
        Promise("of many writers with the same version exactly one wins") { scratch in
            let store = try await scratch.open()
            let first = try await store.create(Sample.configMap("a", data: "0"))
            let winners = await withTaskGroup(of: Bool.self) { group in
                for writer in 1...16 {
                    group.addTask {
                        do {
                            _ = try await store.update(Sample.configMap("a", data: "\(writer)"), ifVersion: first.version)
                            return true
                        } catch {
                            #expect(error as? StoreError == .conflict(Sample.id("a"), current: 2))
                            return false
                        }
                    }
                }
                return await group.reduce(into: 0) { $0 += $1 ? 1 : 0 }
            }
            #expect(winners == 1)
            #expect(try await store.currentRevision() == 2)
        },
        Promise("sixteen writers that retry on conflict lose no increment") { scratch in
            let store = try await scratch.open()
            _ = try await store.create(Sample.configMap("counter", data: "0"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for _ in 1...16 { group.addTask { try await increment(store, times: 8) } }
                try await group.waitForAll()
            }
            #expect(try await store.get(Sample.id("counter")).text == "128")
        },
    ]

    private static func increment(_ store: any ObjectStore, times: Int) async throws {
        for _ in 1...times {
            while true {
                let current = try await store.get(Sample.id("counter"))
                let number = try #require(current.text.flatMap(Int.init))
                let next = try Sample.configMap("counter", data: "\(number + 1)")
                do {
                    _ = try await store.update(next, ifVersion: current.version)
                    break
                } catch {
                    // Not `catch StoreError.conflict`: that pattern on a typed throw crashes the compiler (6.3.1).
                    guard case .conflict = error else { throw error }
                }
            }
        }
    }
}

// MARK: - Lists

extension StoreConformance {
    static let lists = [
        Promise("a list is sorted by namespace and name, and keeps to its resource") { scratch in
            let store = try await scratch.open()
            for (namespace, name) in [("b", "z"), ("a", "y"), ("b", "x"), ("a", "B"), ("a", "10"), ("a", "9")] {
                _ = try await store.create(Sample.configMap(name, namespace: namespace))
            }
            _ = try await store.create(Sample.secret("other", data: ""))
            let all = try await store.list(Sample.configMaps, namespace: nil)
            #expect(all.items.map { "\($0.id.namespace ?? "")/\($0.id.name)" } == ["a/10", "a/9", "a/B", "a/y", "b/x", "b/z"])
            #expect(all.revision == 7)
            #expect(try await store.list(Sample.configMaps, namespace: "b").items.map(\.id.name) == ["x", "z"])
        },
        Promise("a list of nothing has the current revision") { scratch in
            let store = try await scratch.open()
            _ = try await store.create(Sample.secret("other", data: ""))
            let none = try await store.list(Sample.configMaps, namespace: nil)
            #expect(none.items.isEmpty)
            #expect(none.revision == 1)
        },
    ]
}
