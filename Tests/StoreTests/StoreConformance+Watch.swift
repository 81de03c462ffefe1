import JSON
import Schema
import Store
import Testing

/// Reads up to `count` events; fewer only when the watch ends.
func events(_ count: Int, of watch: StoreEvents) async throws -> [StoreEvent] {
    var events: [StoreEvent] = []
    for try await event in watch {
        events.append(event)
        if events.count == count { break }
    }
    return events
}

extension StoreConformance {
    static let watches = [
        Promise("a watch tells additions, changes and deletions in order, each with what was before") { scratch in
            let store = try await scratch.open()
            let watch = try await store.watch([Sample.configMaps], after: 0)
            let first = try await store.create(Sample.configMap("a", data: "1"))
            let second = try await store.update(Sample.configMap("a", data: "2"), ifVersion: nil)
            _ = try await store.delete(Sample.id("a"), ifVersion: nil)
            let seen = try await events(3, of: watch)
            #expect(seen.map(\.change) == [.added, .modified, .deleted])
            #expect(seen.map(\.version) == [1, 2, 3])
            #expect(seen.map(\.previous) == [nil, first, second])
            #expect(seen.last?.object.text == "2")
            #expect(seen.last?.object.value.value(at: "metadata", "resourceVersion") == "3")
        },
        Promise("a watch begins right after the revision it names, from the past into the present") { scratch in
            let store = try await scratch.open()
            for number in 1...4 { _ = try await store.create(Sample.configMap("c\(number)")) }
            let watch = try await store.watch([Sample.configMaps], after: 2)
            _ = try await store.create(Sample.configMap("c5"))
            #expect(try await events(3, of: watch).map(\.object.id.name) == ["c3", "c4", "c5"])
        },
        Promise("a watch of some resources leaves out the others; a watch of none means all") { scratch in
            let store = try await scratch.open()
            let some = try await store.watch([Sample.configMaps], after: 0)
            let all = try await store.watch([], after: 0)
            _ = try await store.create(Sample.secret("s", data: "x"))
            _ = try await store.create(Sample.configMap("c"))
            #expect(try await events(1, of: some).map(\.object.id.name) == ["c"])
            #expect(try await events(2, of: all).map(\.object.id.name) == ["s", "c"])
        },
        Promise("a no-op update, a conflict and a refused create make no event") { scratch in
            let store = try await scratch.open()
            let watch = try await store.watch([], after: 0)
            _ = try await store.create(Sample.configMap("a", data: "1"))
            _ = try await store.update(Sample.configMap("a", data: "1"), ifVersion: nil)
            await #expect(throws: StoreError.self) { try await store.create(Sample.configMap("a")) }
            await #expect(throws: StoreError.self) { try await store.update(Sample.configMap("a"), ifVersion: 7) }
            _ = try await store.create(Sample.configMap("b"))
            #expect(try await events(2, of: watch).map(\.object.id.name) == ["a", "b"])
        },
        Promise("watches that begin in the middle of many writes miss nothing and double nothing") { scratch in
            let store = try await scratch.open()
            let writers = 4
            let each = 50
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in 0..<writers {
                    group.addTask {
                        for number in 0..<each { _ = try await store.create(Sample.configMap("w\(writer)-\(number)")) }
                    }
                }
                for _ in 0..<6 {
                    group.addTask {
                        let start = try await store.currentRevision()
                        let watch = try await store.watch([], after: start)
                        let versions = try await events(writers * each - Int(start), of: watch).map(\.version)
                        #expect(versions == Array(start + 1..<Int64(writers * each) + 1))
                    }
                }
                try await group.waitForAll()
            }
        },
        Promise("a watch resumes after a restart without a gap") { scratch in
            let before = try await scratch.open()
            for number in 1...3 { _ = try await before.create(Sample.configMap("c\(number)")) }
            let after = try await scratch.open()
            let watch = try await after.watch([Sample.configMaps], after: 1)
            _ = try await after.create(Sample.configMap("c4"))
            let seen = try await events(3, of: watch)
            #expect(seen.map(\.object.id.name) == ["c2", "c3", "c4"])
            #expect(seen.map(\.version) == [2, 3, 4])
        },
        Promise("a reader too far behind gets what was kept and then the word to list again") { scratch in
            let store = try await scratch.open(history: 10_000, watchBuffer: 5)
            let slow = try await store.watch([], after: 0)
            let other = try await store.watch([Sample.secrets], after: 0)
            for number in 1...20 { _ = try await store.create(Sample.configMap("c\(number)")) }
            _ = try await store.create(Sample.secret("s", data: ""))
            var seen = 0
            await #expect(throws: StoreError.readerTooSlow) { for try await _ in slow { seen += 1 } }
            #expect(seen == 5)
            #expect(try await events(1, of: other).count == 1)
        },
    ]

    static let histories = [
        Promise("compacted history is refused, later history and the objects stay") { scratch in
            let store = try await scratch.open()
            for number in 1...5 { _ = try await store.create(Sample.configMap("c\(number)")) }
            try await store.compact(through: 3)
            await #expect(throws: StoreError.compacted(oldest: 3)) { try await store.watch([], after: 2) }
            #expect(try await events(2, of: store.watch([], after: 3)).map(\.version) == [4, 5])
            #expect(try await store.list(Sample.configMaps, namespace: nil).items.count == 5)
            #expect(try await store.currentRevision() == 5)
        },
        Promise("compacting what is gone, or what has not happened, does no harm") { scratch in
            let store = try await scratch.open()
            for number in 1...3 { _ = try await store.create(Sample.configMap("c\(number)")) }
            try await store.compact(through: 2)
            try await store.compact(through: 1)
            await #expect(throws: StoreError.compacted(oldest: 2)) { try await store.watch([], after: 1) }
            try await store.compact(through: 1_000)
            let watch = try await store.watch([], after: 3)
            _ = try await store.create(Sample.configMap("c4"))
            #expect(try await events(1, of: watch).map(\.version) == [4])
        },
        Promise("a watch from a revision that was never reached must list again") { scratch in
            let store = try await scratch.open()
            _ = try await store.create(Sample.configMap("a"))
            await #expect(throws: StoreError.compacted(oldest: 1)) { try await store.watch([], after: 2) }
        },
        Promise("the history is bounded by itself") { scratch in
            let store = try await scratch.open(history: 20, watchBuffer: 1_000)
            _ = try await store.create(Sample.configMap("a", data: "0"))
            for number in 1...60 { _ = try await store.update(Sample.configMap("a", data: "\(number)"), ifVersion: nil) }
            await #expect(throws: StoreError.self) { try await store.watch([], after: 38) }
            let watch = try await store.watch([], after: 41)
            #expect(try await events(20, of: watch).last?.version == 61)
        },
        Promise("after a restart objects, versions and the compaction are as they were") { scratch in
            let before = try await scratch.open()
            let kept = try await before.create(Sample.configMap("a", data: "1"))
            _ = try await before.create(Sample.secret("s", data: "hidden"))
            try await before.compact(through: 1)
            let after = try await scratch.open()
            #expect(try await after.get(Sample.id("a")) == kept)
            let secret = ObjectID(Sample.secrets, namespace: "openshift-config", name: "s")
            #expect(try await after.get(secret).text == "hidden")
            #expect(try await after.currentRevision() == 2)
            await #expect(throws: StoreError.compacted(oldest: 1)) { try await after.watch([], after: 0) }
            #expect(try await after.create(Sample.configMap("b")).version == 3)
        },
    ]
}
