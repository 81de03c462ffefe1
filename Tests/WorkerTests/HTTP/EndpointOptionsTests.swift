import ArgumentParser
import Durable
import Foundation
import Listening
import Logging
import Testing
import WorkerArguments

@testable import Worker

struct EndpointOptionsTests {
    private static func access(_ arguments: [String]) throws -> EndpointAccess {
        try EndpointOptions.parse(arguments).access(isControlled: false, logger: Logger(label: "test") { _ in Lines() })
    }

    @Test func letsOnlyProxiesOfThisMachineAskByDefault() throws {
        let access = try Self.access([])
        for address in ["127.0.0.1", "127.3.2.1", "::1", "::ffff:127.0.0.1"] {
            #expect(access.forwardAuthFrom.contains(try #require(IPAddress(address))))
        }
        for address in ["10.0.0.1", "::", "::ffff:10.0.0.1", "fe80::1"] {
            #expect(!access.forwardAuthFrom.contains(try #require(IPAddress(address))))
        }
        #expect(access.loopback == nil)
        #expect(access.reviewers == nil)
        #expect(access.apiAudiences == ["https://kubernetes.default.svc"])
        #expect(access.apiAudiences == EndpointAccess.defaultAudiences)
    }

    @Test func takesWhatItIsTold() throws {
        let folder = try ScratchFolder()
        defer { folder.remove() }
        let file = folder.file("tokens")
        try "0123456789abcdef\n".write(toFile: file, atomically: true, encoding: .utf8)
        let access = try Self.access([
            "--forward-auth-from", "10.1.0.0/16, fd00::/8", "--listen-loopback", "[::1]:9080", "--api-audiences", "a, b",
            "--token-review-token-file", file,
        ])
        #expect(access.forwardAuthFrom.contains(try #require(IPAddress("10.1.2.3"))))
        #expect(!access.forwardAuthFrom.contains(try #require(IPAddress("127.0.0.1"))))
        #expect(access.loopback == ListenAddress(host: "::1", port: 9080))
        #expect(access.apiAudiences == ["a", "b"])
        #expect(access.reviewers?.tokens.count == 1)
    }

    /// A name may stand for another address tomorrow.
    @Test(arguments: [
        "localhost:9080", "0.0.0.0:9080", "[::]:9080", "10.0.0.1:9080", "127.0.0.1", ":9080", "128.0.0.1:1", "[::2]:1",
    ])
    func listensForLocalProcessesOnThisMachineOnly(address: String) {
        let error = #expect(throws: ValidationError.self) { try Self.access(["--listen-loopback", address]) }
        #expect(error?.message.hasPrefix("--listen-loopback must be an address of this machine alone") == true)
    }

    @Test(arguments: [
        ("--forward-auth-from", "10.0.0.0/33"), ("--forward-auth-from", "proxy.example"),
        ("--forward-auth-from", "10.0.0.0/-1"),
        ("--api-audiences", ""), ("--api-audiences", "a, "),
        ("--token-cache-size", "-1"), ("--token-cache-size", "1000001"),
    ])
    func saysWhichOptionIsWrong(option: String, value: String) throws {
        let error = #expect(throws: ValidationError.self) {
            try Self.access(value.hasPrefix("-") ? ["\(option)=\(value)"] : [option, value])
        }
        #expect(error?.message.hasPrefix("\(option) must be") == true)
    }

    @Test func remembersAsManyTokensAsTheCacheDoesByItself() throws {
        #expect(try EndpointOptions.parse([]).settings().tokenCacheSize == VerifiedTokens.defaultCapacity)
    }

    @Test func doesNotStartWithoutTheTokensItWasAskedFor() {
        #expect(throws: BoundedFile.Problem.self) { try Self.access(["--token-review-token-file", "/nonexistent/tokens"]) }
    }
}
