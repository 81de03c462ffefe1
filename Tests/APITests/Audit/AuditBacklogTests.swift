import Foundation
import ServiceLifecycle
import Testing

@testable import API

/// What the audit log does with more requests than it can write.
struct AuditBacklogTests {
    /// The lines in the file after all of these waited at once.
    private static func lines(_ count: Int, bodyBytes: Int) async throws -> Int {
        let path = FileManager.default.temporaryDirectory.appending(path: "postern-audit-\(UUID().uuidString).log").path
        defer { try? FileManager.default.removeItem(atPath: path) }
        let log = try AuditLog(AuditLog.Options(path: path), logger: LiveAPI.quiet)
        let body = AuditEvent.Body(bytes: [UInt8](repeating: UInt8(ascii: " "), count: bodyBytes), contentType: nil)
        for number in 0..<count {
            var event = AuditEvent(id: "\(number)", received: 0, uri: "/", sourceIPs: [], userAgent: "", verb: "get")
            event.request = body
            log.record(event)
        }
        let services = ServiceGroup(services: [log], logger: LiveAPI.quiet)
        await services.triggerGracefulShutdown()
        try await services.run()
        return try String(contentsOfFile: path, encoding: .utf8).split(separator: "\n").count
    }

    @Test(arguments: [
        (count: 0, bodyBytes: 0, kept: 0), (count: 9_999, bodyBytes: 0, kept: 9_999),
        (count: 10_100, bodyBytes: 0, kept: 10_000),
        (count: 70, bodyBytes: 1 << 20, kept: 64),
    ])
    func keepsSoMuch(_ count: Int, _ bodyBytes: Int, _ kept: Int) async throws {
        let lines = try await Self.lines(count, bodyBytes: bodyBytes)
        #expect(lines == kept)
    }
}
