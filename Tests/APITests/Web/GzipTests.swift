import Foundation
import HTTPTypes
import JSON
import Testing

@testable import API
@testable import Web

/// Compressed answers: who gets them, and that they are what was said.
struct GzipTests {
    static let headers: [(String, Bool)] = [
        ("gzip", true), ("deflate, gzip;q=0.5", true), ("*", true), ("GZIP", true), ("gzip; q=0.001", true),
        ("gzip;q=0", false),
        ("gzip;q=0.0", false), ("identity", false), ("", false), ("xgzip", false),
    ]

    @Test(arguments: headers)
    func readsWhatTheClientTakes(_ header: String, _ isAccepted: Bool) {
        var fields = HTTPFields()
        fields[.acceptEncoding] = header
        #expect(Gzip.isAccepted(fields) == isAccepted)
        #expect(!Gzip.isAccepted(HTTPFields()))
    }

    /// What the `gzip` program makes of bytes.
    private static func unzipped(_ bytes: [UInt8]) throws -> [UInt8] {
        let file = FileManager.default.temporaryDirectory.appending(path: "postern-\(UUID().uuidString).gz")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data(bytes).write(to: file)
        let process = Process()
        let pipe = Pipe()
        process.executableURL = URL(filePath: "/usr/bin/env")
        process.arguments = ["gzip", "-dc", file.path]
        process.standardOutput = pipe
        try process.run()
        let output = pipe.fileHandleForReading.readDataToEndOfFile()
        process.waitUntilExit()
        #expect(process.terminationStatus == 0)
        return [UInt8](output)
    }

    @Test(arguments: [1, 1_000, 1 << 20])
    func othersReadIt(_ count: Int) throws {
        let random = (0..<count).map { _ in UInt8.random(in: 0...255) }
        for bytes in [random, Array(repeating: 7, count: count)] {
            let compressed = try #require(Gzip.compressed(bytes))
            #expect(try Self.unzipped(compressed) == bytes)
        }
        #expect(try #require(Gzip.compressed(Array(repeating: 7, count: 1 << 20))).count < 10_000)
    }

    @Test func onlyLargeAnswersAreCompressed() async throws {
        try await TestAPI.with { api in
            let small = try await api.send("GET", TestAPI.cluster, headers: ["Accept-Encoding": "gzip"])
            #expect(small.headers[.contentEncoding] == nil)
            let data: JSONValue = ["k": .string(String(repeating: "x", count: Gzip.smallest))]
            let map = TestAPI.configMap("large", data: data)
            let created = try await api.create(TestAPI.configMaps, map)
            #expect(created.headers[.contentEncoding] == nil)
            #expect(created.headers[.vary] == "Accept-Encoding")
            let large = try await api.send("GET", "\(TestAPI.configMaps)/large", headers: ["Accept-Encoding": "gzip"])
            #expect(large.headers[.contentEncoding] == "gzip")
            #expect(large.code == 200)
        }
    }
}
