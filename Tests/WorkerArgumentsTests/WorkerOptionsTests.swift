import ArgumentParser
import Foundation
import Testing
import WorkerArguments

struct WorkerOptionsTests {
    private static let defaults = [
        "--forward-auth-from=127.0.0.0/8,::1/128", "--api-audiences=https://kubernetes.default.svc", "--token-cache-size=65536",
    ]

    struct Case: CustomTestStringConvertible, Sendable {
        let testDescription: String
        let given: [String]
        var arguments = defaults
    }

    static let cases = [
        Case(testDescription: "defaults", given: []),
        Case(
            testDescription: "everything",
            given: [
                "--token-cache-size", "0", "--api-audiences", "a, b", "--forward-auth-from", "10.0.0.0/8",
                "--token-review-token-file", "/etc/tokens",
            ],
            arguments: [
                "--forward-auth-from=10.0.0.0/8", "--api-audiences=a, b", "--token-cache-size=0",
                "--token-review-token-file=/etc/tokens",
            ]
        ),
        Case(
            testDescription: "nobody, and a value that looks like an option",
            given: ["--forward-auth-from", "", "--api-audiences=--name"],
            arguments: ["--forward-auth-from", "", "--api-audiences=--name", "--token-cache-size=65536"]
        ),
        Case(
            testDescription: "a file that is named relatively, through what may be a link",
            given: ["--token-review-token-file", "current/../tokens"],
            arguments: defaults + ["--token-review-token-file=/srv/postern/current/../tokens"]
        ),
    ]

    @Test(arguments: cases)
    func startAWorkerThatDoesTheSame(_ c: Case) throws {
        let options = try WorkerOptions.parse(c.given)
        #expect(options.arguments(in: "/srv/postern") == c.arguments)
        // Whoever reads them understands the same, and would pass on the same.
        let read = try WorkerOptions.parse(c.arguments)
        #expect(read.arguments(in: "/elsewhere") == c.arguments)
        #expect(try read.settings().apiAudiences == options.settings().apiAudiences)
        #expect(try read.settings().forwardAuthFrom == options.settings().forwardAuthFrom)
        #expect(try read.settings().tokenCacheSize == options.settings().tokenCacheSize)
    }

    @Test func sayEverythingThatIsWrongAtOnce() throws {
        let options = try WorkerOptions.parse([
            "--forward-auth-from=10.0.0.0/8, 10.0.0.0/33", "--api-audiences", "", "--token-cache-size=1000001",
            "--token-review-token-file=/nonexistent/tokens",
        ])
        #expect(
            options.obstacles == [
                "--forward-auth-from must be networks like 10.0.0.0/8, separated by commas; wrong: 10.0.0.0/33",
                "--api-audiences must be audiences, separated by commas; one of them is empty",
                "--token-cache-size must be 0 to 1000000",
                "--token-review-token-file /nonexistent/tokens: no such file",
            ]
        )
        let invalid = #expect(throws: InvalidOptions.self) { try options.settings() }
        #expect(invalid?.problems == Array(options.obstacles.prefix(3)))
        #expect(
            invalid?.description == """
                3 options are wrong:
                  --forward-auth-from must be networks like 10.0.0.0/8, separated by commas; wrong: 10.0.0.0/33
                  --api-audiences must be audiences, separated by commas; one of them is empty
                  --token-cache-size must be 0 to 1000000
                """
        )
        for audiences in [",a", "a,", "a,,b", "a, ,b"] {
            let options = try WorkerOptions.parse(["--api-audiences", audiences])
            #expect(options.obstacles == ["--api-audiences must be audiences, separated by commas; one of them is empty"])
        }
        #expect(InvalidOptions(problems: ["--x is wrong"]).description == "--x is wrong")
    }

    @Test(arguments: [
        ("", "it holds no token"), ("# none\n", "it holds no token"),
        ("secret\n", "line 1: a token must have 16 to 4096 bytes"),
    ])
    func refuseAFileThatAWorkerWouldRefuse(text: String, why: String) throws {
        let path = FileManager.default.temporaryDirectory.appending(path: "postern-tokens-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        try Data(text.utf8).write(to: URL(filePath: path))
        let options = try WorkerOptions.parse(["--token-review-token-file", path])
        #expect(options.obstacles == ["--token-review-token-file \(path): \(why)"])
        try Data("0123456789abcdef\n".utf8).write(to: URL(filePath: path))
        #expect(options.obstacles == [])
    }
}
