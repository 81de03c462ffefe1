import Foundation
import Testing

@testable import Worker

struct WorkerStandingTests {
    @Test func isDrainedOnlyWhileItIsToBeTakenOut() {
        let standing = WorkerStanding()
        #expect(standing.phase == .serving && standing.problems.isEmpty)
        #expect(standing.setDraining(true))
        #expect(!standing.setDraining(true))
        #expect(standing.phase == .draining && standing.problems.count == 1)
        standing.setDrained(true)
        #expect(standing.phase == .drained && standing.problems.count == 1)
        #expect(standing.setDraining(false))
        #expect(standing.phase == .serving && standing.problems.isEmpty)
        // What was true of the last time says nothing of the next.
        standing.setDraining(true)
        #expect(standing.phase == .draining)
        standing.setDisowned(true)
        #expect(standing.problems.count == 2 && !standing.isRemoved)
    }

    /// Seconds, and questions by then.
    @Test(
        arguments: [
            ("nobody asks", [(0, 7), (4, 7), (5, 7)] as [(Int64, Int64)], true), ("too early", [(0, 7), (4, 7)], false),
            ("somebody still asks", [(0, 7), (4, 8), (6, 8)], false), ("and then no more", [(0, 7), (4, 8), (9, 8)], true),
            ("the clock was set back", [(100, 7), (10, 7), (12, 7)], false),
        ]
    )
    func quietIsTold(_ name: String, _ looks: [(Int64, Int64)], _ expected: Bool) {
        var quiet = Quiet(seconds: 5)
        var isDrained = false
        for (now, questions) in looks { isDrained = quiet.isDrained(true, questions: questions, now: now) }
        #expect(isDrained == expected, "\(name)")
        let inService = quiet.isDrained(false, questions: 8, now: 1_000)
        let anew = quiet.isDrained(true, questions: 8, now: 2_000)
        #expect(!inService && !anew)
    }

    @Test func identityIsWholeOrRefused() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        #expect(try JoinedIdentity.load(from: folder.path) == nil)
        let identity = JoinedIdentity(
            name: "edge-1",
            certificateAuthority: "a",
            key: "SECRET",
            clientCertificate: "c",
            servingCertificate: "s",
            hosts: ["h"],
            receivedAt: 1_000,
            expiresAt: 1_030
        )
        #expect(identity.renewAt == 1_010)
        try identity.save(in: folder.path)
        let path = JoinedIdentity.path(in: folder.path)
        let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
        #expect(mode == 0o600)
        #expect(try JoinedIdentity.load(from: folder.path)?.key == "SECRET")
        #expect(!"\(identity)".contains("SECRET") && !String(reflecting: identity).contains("SECRET"))
        let bytes = try Data(contentsOf: URL(filePath: path))
        try bytes.prefix(bytes.count / 2).write(to: URL(filePath: path))
        #expect(throws: JoinedIdentity.Damaged.self) { try JoinedIdentity.load(from: folder.path) }
    }
}
