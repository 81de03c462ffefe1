import Testing

@testable import Controller

/// What is due, look by look. A name's number is its version; a version is a new stamp.
struct FolderMemoryTests {
    static let second: Int64 = 1_000_000_000
    /// Long after every file was written.
    static let later: Int64 = 1_000 * second

    private func look(_ files: [String: Int64], modified: Int64 = 0) -> FolderLook {
        FolderLook(files: files.mapValues { FolderLook.Stamp(inode: 1, size: $0, modifiedNanoseconds: modified) })
    }

    private func applyAll(_ look: FolderLook, _ memory: inout FolderMemory, refusing refused: Set<String> = []) -> [String] {
        let due = memory.due(look, nowNanoseconds: Self.later)
        for name in due {
            guard let stamp = look.files[name] else { continue }
            memory.record(refused.contains(name) ? .refused(why: "no") : .applied, of: name, stamp: stamp)
        }
        return due
    }

    @Test func filesComeInTheOrderOfTheirNamesAndOnce() {
        var memory = FolderMemory()
        let files = look(["20-b.yaml": 1, "10-a.yaml": 1, "Z.yaml": 1, "a.json": 1])
        #expect(applyAll(files, &memory) == ["10-a.yaml", "20-b.yaml", "Z.yaml", "a.json"])
        #expect(applyAll(files, &memory) == [])
    }

    @Test func aChangedFileIsDueAgainAndAGoneOneIsForgotten() {
        var memory = FolderMemory()
        _ = applyAll(look(["a": 1, "b": 1]), &memory)
        #expect(applyAll(look(["a": 2, "b": 1]), &memory) == ["a"])
        #expect(applyAll(look(["a": 2]), &memory) == [])
        #expect(applyAll(look(["a": 2, "b": 1]), &memory) == ["b"])
    }

    @Test func aRefusedFileIsTriedAgainWhenSomethingElseIsDue() {
        var memory = FolderMemory()
        #expect(applyAll(look(["a": 1, "b": 1]), &memory, refusing: ["a"]) == ["a", "b"])
        #expect(applyAll(look(["a": 1, "b": 1]), &memory, refusing: ["a"]) == [])
        #expect(applyAll(look(["a": 1, "b": 2]), &memory) == ["a", "b"])
        #expect(applyAll(look(["a": 1, "b": 3]), &memory) == ["b"])
    }

    @Test func aRefusedFileIsTriedAgainNowAndThen() {
        var memory = FolderMemory()
        let files = look(["a": 1, "b": 1])
        let looks = (1...2 * FolderMemory.looksBetweenTries).filter { _ in
            applyAll(files, &memory, refusing: ["a"]).contains("a")
        }
        #expect(looks == [1, FolderMemory.looksBetweenTries, 2 * FolderMemory.looksBetweenTries])
    }

    @Test func aFileWhoseOutcomeIsNotKnownStaysDue() {
        var memory = FolderMemory()
        #expect(memory.due(look(["a": 1]), nowNanoseconds: Self.later) == ["a"])
        #expect(memory.due(look(["a": 1]), nowNanoseconds: Self.later) == ["a"])
    }

    @Test func aFileThatIsBeingWrittenWaitsUntilItIsAtRest() {
        var memory = FolderMemory()
        let now = Self.later
        #expect(memory.due(look(["a": 1], modified: now - Self.second / 2), nowNanoseconds: now) == [])
        #expect(memory.due(look(["a": 2], modified: now + Self.second / 2), nowNanoseconds: now + Self.second) == [])
        #expect(memory.due(look(["a": 2], modified: now + Self.second / 2), nowNanoseconds: now + 2 * Self.second) == ["a"])
    }

    @Test func aFileFromTheFutureIsAtRestWhenTwoLooksAgree() {
        var memory = FolderMemory()
        let files = look(["a": 1], modified: Self.later * 2)
        #expect(memory.due(files, nowNanoseconds: Self.later) == [])
        #expect(memory.due(files, nowNanoseconds: Self.later) == ["a"])
    }

    @Test func theSameRefusalIsKnownAndAnotherIsNot() {
        var memory = FolderMemory()
        let stamp = FolderLook.Stamp(inode: 1, size: 1, modifiedNanoseconds: 0)
        memory.record(.refused(why: "x"), of: "a", stamp: stamp)
        #expect(memory.knows(.refused(why: "x"), of: "a", stamp: stamp))
        #expect(!memory.knows(.refused(why: "y"), of: "a", stamp: stamp))
        #expect(!memory.knows(.refused(why: "x"), of: "b", stamp: stamp))
    }
}
