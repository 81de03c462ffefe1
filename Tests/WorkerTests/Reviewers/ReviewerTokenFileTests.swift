import Atomics
import Durable
import Foundation
import Logging
import Testing

@testable import Worker

@Suite(.timeLimit(.minutes(5)))
struct ReviewerTokenFileTests {
    private static let old = "the-token-of-yesterday"
    private static let new = "the-token-of-tomorrow"

    private static func write(_ text: String, to path: String) throws {
        try Data(text.utf8).write(to: URL(filePath: path), options: .atomic)
    }

    private static func logger(_ lines: Lines = Lines()) -> Logger { Logger(label: "test") { _ in lines } }

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
        Start(text: "secret", why: "line 1: a token has 6 bytes instead of 16 to 4096"),
        Start(text: String(repeating: "#", count: 256 << 10 + 1), why: "it has more than 262144 bytes"),
    ]

    /// A worker that was asked for tokens must not start without any.
    @Test(arguments: starts)
    func doesNotBeginWithoutTokens(_ c: Start) throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("tokens")
        if let text = c.text { try Self.write(text, to: path) }
        let problem = #expect(throws: BoundedFile.Problem.self) { try ReviewerTokenFile(path: path, logger: Self.logger()) }
        #expect(problem == BoundedFile.Problem(path: path, why: c.why))
    }

    // MARK: Later

    @Test func followsItsFile() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("tokens")
        try Self.write(Self.old, to: path)
        let file = try ReviewerTokenFile(path: path, logger: Self.logger())
        #expect(Self.may(Self.old, file))

        try Self.write("\(Self.old)\n\(Self.new)\n", to: path)
        file.look()
        #expect(Self.may(Self.old, file) && Self.may(Self.new, file))

        try Self.write(Self.new, to: path)
        file.look()
        #expect(!Self.may(Self.old, file) && Self.may(Self.new, file))

        // Emptied on purpose: nobody.
        try Self.write("# nobody\n", to: path)
        file.look()
        #expect(file.tokens.count == 0)
    }

    /// Half a file, or one that became a folder, takes nobody's token away and gives nobody one.
    @Test(arguments: ["short", "\(old)\nx y and more of it\n", "folder"])
    func keepsTheTokensWhenTheFileIsBad(text: String) throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("tokens")
        try Self.write(Self.old, to: path)
        let file = try ReviewerTokenFile(path: path, logger: Self.logger())
        try FileManager.default.removeItem(atPath: path)
        if text == "folder" {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } else {
            try Self.write(text, to: path)
        }
        file.look()
        #expect(file.tokens.count == 1)
        #expect(Self.may(Self.old, file))
    }

    @Test func knowsNobodyWithoutItsFile() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("tokens")
        try Self.write(Self.old, to: path)
        let file = try ReviewerTokenFile(path: path, logger: Self.logger())
        try FileManager.default.removeItem(atPath: path)
        file.look()
        #expect(file.tokens.count == 0)
        try Self.write(Self.new, to: path)
        file.look()
        #expect(Self.may(Self.new, file))
    }

    @Test func looksAgainWhileItRuns() async throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let path = folder.file("tokens")
        try Self.write(Self.old, to: path)
        let lines = Lines()
        let file = try ReviewerTokenFile(path: path, logger: Self.logger(lines))
        try Self.write("bad", to: path)
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await file.run() }
            try await Self.eventually { lines.count.load(ordering: .relaxed) == 1 }
            try Self.write(Self.new, to: path)
            try await Self.eventually { Self.may(Self.new, file) }
            tasks.cancelAll()
            try await tasks.waitForAll()
        }
        // Each change once, however often it was looked at.
        #expect(lines.count.load(ordering: .relaxed) == 2)
    }

    private static func eventually(_ condition: () -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(120)
        while !condition() {
            try #require(ContinuousClock.now < deadline)
            try await Task.sleep(for: .milliseconds(20))
        }
    }
}
