import Foundation
import Testing

@testable import Certificates

struct WorkerJoinTokenTests {
    private func token() throws -> WorkerJoinToken {
        let folder = FileManager.default.temporaryDirectory.appending(path: "join-token-\(UUID().uuidString)").path
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let authority = try ClusterCertificates.open(dataFolder: folder, now: Date()).authority
        let key = try KeyAndRequest.make(commonName: "a")
        let certificate = try authority.sign(
            request: key.requestPEM,
            as: CertificateRequest(commonName: "system:bootstrap:a", use: .client),
            now: Date()
        )
        return WorkerJoinToken(authorityPEM: authority.pem, certificatePEM: certificate, keyPEM: key.keyPEM)
    }

    @Test func givesBackWhatWasPutIn() throws {
        let token = try token()
        let read = try WorkerJoinToken(parsing: "\n \(token.text())\r\n")
        #expect(read.authorityPEM == token.authorityPEM)
        #expect(read.certificatePEM == token.certificatePEM)
        #expect(read.keyPEM == token.keyPEM)
    }

    @Test func isNeverPrinted() throws {
        let token = try token()
        var dumped = ""
        dump(token, to: &dumped)
        let end = String(try token.text().suffix(20))
        for text in ["\(token)", String(reflecting: token), dumped] {
            #expect(!text.contains("PRIVATE KEY") && !text.contains(end))
        }
    }

    @Test func refusesWhatIsNone() throws {
        let text = try token().text()
        let parts = text.split(separator: ".").map(String.init)
        let foreign = try token().text().split(separator: ".").map(String.init)
        #expect(throws: WorkerJoinToken.Problem.notAToken) { try WorkerJoinToken(parsing: "") }
        #expect(throws: WorkerJoinToken.Problem.notAToken) { try WorkerJoinToken(parsing: "eyJhbGciOiJSUzI1NiJ9.e30.e30") }
        #expect(throws: WorkerJoinToken.Problem.notAToken) {
            try WorkerJoinToken(parsing: "postern-join." + String(repeating: "A", count: 20_000))
        }
        let withoutKey = parts.dropLast().joined(separator: ".")
        let damaged: [String] = [
            "postern-join", "postern-join...", String(text.dropLast(5)), String(text.dropLast(100)), text + "A", text + ".A",
            // Another token's key, and a certificate in the key's place.
            "\(withoutKey).\(foreign[3])", "\(parts[0]).\(parts[1]).\(parts[1]).\(parts[2])",
            "\(parts[0]).AAAA.\(parts[2]).\(parts[3])", "\(withoutKey).!!",
        ]
        for text in damaged {
            #expect(throws: WorkerJoinToken.Problem.damaged, "\(text.count)") { try WorkerJoinToken(parsing: text) }
        }
    }
}
