import Foundation

/// PEM text with the certificates of authorities, looked at from outside: whether it can be certificates at all.
///
/// Only a TLS handshake proves that they are the right ones; this catches a key, an empty file or a damaged copy before.
enum CertificateBundle {
    enum Problem: Error, Hashable, CustomStringConvertible {
        case none
        case unfinished
        case notBase64(Int)
        case notACertificate(Int)

        var description: String {
            switch self {
            case .none: "it has no certificate in PEM (-----BEGIN CERTIFICATE-----)"
            case .unfinished: "the last certificate has no -----END CERTIFICATE-----"
            case .notBase64(let number): "certificate \(number) is not base64"
            case .notACertificate(let number): "certificate \(number) is not DER"
            }
        }
    }

    private static let begin = "-----BEGIN CERTIFICATE-----"
    private static let end = "-----END CERTIFICATE-----"

    /// Throws what is wrong with the first bad certificate; text between certificates is allowed, as in every bundle.
    static func check(_ text: String) throws(Problem) {
        var body: String?
        var count = 0
        for line in text.split(whereSeparator: \.isNewline).map({ $0.trimmingCharacters(in: .whitespaces) }) {
            if line == begin {
                guard body == nil else { throw .unfinished }
                body = ""
                count += 1
            } else if line == end, let finished = body {
                guard let bytes = Data(base64Encoded: finished), !bytes.isEmpty else { throw .notBase64(count) }
                guard isSequence(Array(bytes)) else { throw .notACertificate(count) }
                body = nil
            } else {
                body?.append(line)
            }
        }
        guard body == nil else { throw .unfinished }
        guard count > 0 else { throw .none }
    }

    /// A DER SEQUENCE that ends where the bytes end.
    private static func isSequence(_ bytes: [UInt8]) -> Bool {
        guard bytes.count > 4, bytes[0] == 0x30 else { return false }
        guard bytes[1] >= 0x80 else { return bytes.count == 2 + Int(bytes[1]) }
        let width = Int(bytes[1] & 0x7F)
        guard (1...4).contains(width), bytes.count > 2 + width else { return false }
        let length = bytes[2..<(2 + width)].reduce(0) { $0 << 8 | Int($1) }
        return bytes.count == 2 + width + length
    }
}
