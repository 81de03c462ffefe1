import Foundation
import SwiftASN1
import X509

/// PEM text with certificates, read as Go reads it: what is no certificate block is passed over, a bad certificate is an error.
enum CertificatesText {
    struct Problem: Error {
        let message: String
    }

    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    static func check(_ text: String) throws(Problem) {
        var count = 0
        var body: String?
        for line in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let line = String(decoding: line, as: UTF8.self).trimmingCharacters(in: .whitespaces)
            if line == begin {
                body = ""
            } else if line == end, let finished = body {
                body = nil
                // A block whose content is not base64 is no block.
                guard let bytes = Data(base64Encoded: finished) else { continue }
                do {
                    _ = try Certificate(derEncoded: Array(bytes))
                } catch {
                    throw Problem(message: "certificate \(count + 1) cannot be read: \(error)")
                }
                count += 1
            } else if line.contains(":") {
                // Headers make it something else.
                body = nil
            } else {
                body?.append(line)
            }
        }
        guard count > 0 else { throw Problem(message: "data does not contain any valid RSA or ECDSA certificates") }
    }
}
