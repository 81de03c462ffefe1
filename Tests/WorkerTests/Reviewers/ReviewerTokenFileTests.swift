import Atomics
import Durable
import Foundation
import Logging
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(5)))
final class ReviewerTokenFileTests {
    private static let old = "the-token-of-yesterday"
    private static let new = "the-token-of-tomorrow"

    private let folder: ScratchFolder
    private let lines = Lines()

    init() throws { folder = try ScratchFolder() }

    deinit { folder.remove() }

    private var path: String { folder.file("tokens") }

    private func write(_ text: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    private func read(mayBeginEmpty: Bool = false) throws -> ReviewerTokenFile {
        let lines = lines
        return try ReviewerTokenFile(path: path, mayBeginEmpty: mayBeginEmpty, logger: Logger(label: "test") { _ in lines })
    }

    /// A file with the old token, read.
    private func readOld() throws -> ReviewerTokenFile {
        try write(Self.old)
        return try read()
    }

    private static func may(_ token: String, _ file: ReviewerTokenFile) -> Bool { file.tokens.contains(Substring(token).utf8) }

    // MARK: At the start

    struct Start: CustomTestStringConvertible, Sendable {
        /// nil: there is no file.
        let text: String?
        let why: String
        var testDescription: String { why }
    }

    static let starts = [
        Start(text: nil, why: "no such file"), Start(text: "", why: "it holds no token"),
        Start(text: "# none yet\n", why: "it holds no token"),
        Start(text: "secret", why: "line 1: a token must have 16 to 4096 bytes"),
        Start(text: String(repeating: "#", count: 256 << 10 + 1), why: "it has more than 262144 bytes"),
    ]

    /// A worker that was asked for tokens must not start without any.
    @Test(arguments: starts)
    func doesNotBeginWithoutTokens(_ c: Start) throws {
        if let text = c.text { try write(text) }
        let problem = #expect(throws: BoundedFile.Problem.self) { try read() }
        #expect(problem == BoundedFile.Problem(path: path, why: c.why))
    }

    /// A worker that its controller starts again while the file is lost takes nobody's word by a token, until the file is back.
    @Test(arguments: starts)
    func beginsWithNobodyWhereItMay(_ c: Start) throws {
        if let text = c.text { try write(text) }
        let file = try read(mayBeginEmpty: true)
        #expect(file.tokens.count == 0)
        #expect(lines.count.load(ordering: .relaxed) == 1)
        try write(Self.new)
        file.look()
        #expect(Self.may(Self.new, file))
    }

    // MARK: Later

    @Test func followsItsFile() throws {
        let file = try readOld()
        #expect(Self.may(Self.old, file))

        try write("\(Self.old)\n\(Self.new)\n")
        file.look()
        #expect(Self.may(Self.old, file) && Self.may(Self.new, file))

        try write(Self.new)
        file.look()
        #expect(!Self.may(Self.old, file) && Self.may(Self.new, file))

        // Emptied on purpose: nobody.
        try write("# nobody\n")
        file.look()
        #expect(file.tokens.count == 0)
    }

    /// Half a file, or one that became a folder, takes nobody's token away and gives nobody one.
    @Test(arguments: ["short", "\(old)\nx y and more of it\n", "folder"])
    func keepsTheTokensWhenTheFileIsBad(text: String) throws {
        let file = try readOld()
        try FileManager.default.removeItem(atPath: path)
        if text == "folder" {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } else {
            try write(text)
        }
        file.look()
        #expect(file.tokens.count == 1)
        #expect(Self.may(Self.old, file))
    }

    @Test func knowsNobodyWithoutItsFile() throws {
        let file = try readOld()
        try FileManager.default.removeItem(atPath: path)
        file.look()
        #expect(file.tokens.count == 0)
        try write(Self.new)
        file.look()
        #expect(Self.may(Self.new, file))
    }

    @Test func looksAgainWhileItRuns() async throws {
        let file = try readOld()
        try write("bad")
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await file.run() }
            try await Self.eventually { lines.count.load(ordering: .relaxed) == 1 }
            try write(Self.new)
            try await Self.eventually { Self.may(Self.new, file) }
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
        // Each change once, however often it was looked at.
        #expect(lines.count.load(ordering: .relaxed) == 2)
    }

    private static func eventually(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(300)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
