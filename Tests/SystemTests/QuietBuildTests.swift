import Foundation
import Testing

/// `scripts/quiet-build`, which stands between `swift build` and the person who waits for it.
@Suite(.systemTest)
struct QuietBuildTests {
    private func pass(_ text: String) throws -> (code: Int32, output: String) {
        let process = Process()
        process.executableURL = TestCluster.root.appending(path: "scripts/quiet-build")
        let (input, output) = (Pipe(), Pipe())
        process.standardInput = input
        process.standardOutput = output
        try process.run()
        try input.fileHandleForWriting.write(contentsOf: Data(text.utf8))
        try input.fileHandleForWriting.close()
        let passed = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
        process.waitUntilExit()
        return (process.terminationStatus, passed)
    }

    @Test func passesOnWhatSomebodyShouldRead() throws {
        let noise = """
            Fetching https://github.com/a/b.git
            Fetched https://github.com/a/b.git from cache (0.64s)
            Computing version for https://github.com/a/b.git
            Computed https://github.com/a/b.git at 1.2.3 (0.52s)
            Creating working copy for https://github.com/a/b.git
            Working copy of https://github.com/a/b.git resolved at 1.2.3
            [1/300] Compiling A B.swift
            /x/libFoundation.a(F.o):F.swift:function f: warning: the use of `mktemp' is dangerous, better use `mkstemp' or `mkdtemp'

            """
        let news = "Sources/A/B.swift:1:2: error: Computing is not a type\nwarning: unused\nBuild complete! (1.2s)\n"
        let good = try pass(noise + news)
        #expect(good.code == 0 && good.output == news)
        let bad = try pass(noise + "error: no\n")
        #expect(bad.code != 0 && bad.output == "error: no\n")
    }
}
