import CLinux
import Crypto
import Foundation

/// One stored password hash of an htpasswd file.
struct PasswordHash: Sendable {
    /// Why a hash cannot be used.
    enum Problem: Error, CustomStringConvertible {
        case crypt
        case unrecognized
        case malformed

        var description: String {
            switch self {
            case .crypt: "crypt password hashes are not supported; use bcrypt (htpasswd -B)"
            case .unrecognized: "Unrecognized hash type; use bcrypt (htpasswd -B)"
            case .malformed: "the hash is damaged"
            }
        }
    }

    private enum Method: Sendable {
        case bcrypt(String)
        case apacheMD5(salt: [UInt8], hash: String)
        case sha1(String)
    }

    private let method: Method

    init(_ text: String) throws(Problem) {
        if text.hasPrefix("$2y$") || text.hasPrefix("$2a$") || text.hasPrefix("$2b$") {
            guard text.utf8.count == 60 else { throw .malformed }
            method = .bcrypt(text)
        } else if text.hasPrefix("$apr1$") {
            let parts = text.split(separator: "$", omittingEmptySubsequences: false)
            guard parts.count == 4, !parts[2].isEmpty, parts[3].utf8.count == 22 else { throw .malformed }
            method = .apacheMD5(salt: Array(parts[2].utf8.prefix(8)), hash: text)
        } else if text.hasPrefix("{SHA}") {
            guard Data(base64Encoded: String(text.dropFirst(5)))?.count == 20 else { throw .malformed }
            method = .sha1(text)
        } else if text.utf8.count == 13 {
            throw .crypt
        } else {
            throw .unrecognized
        }
    }

    /// A bcrypt hash of a password that nobody has: asked when a name is unknown.
    static let decoy = PasswordHash(method: .bcrypt("$2y$05$abcdefghijklmnopqrstuuhKF09ZYWwH2zP/0fwE1X8e/Q1YNx/hO"))

    private init(method: Method) { self.method = method }

    func matches(_ password: String) -> Bool {
        switch method {
        case .bcrypt(let hash):
            guard let computed = Self.crypt(password, setting: hash) else { return false }
            return isEqualInConstantTime(computed.utf8, hash.utf8)
        case .apacheMD5(let salt, let hash):
            return isEqualInConstantTime(ApacheMD5.hash(password: Array(password.utf8), salt: salt).utf8, hash.utf8)
        case .sha1(let hash):
            let digest = Data(Insecure.SHA1.hash(data: Data(password.utf8))).base64EncodedString()
            return isEqualInConstantTime("{SHA}\(digest)".utf8, hash.utf8)
        }
    }

    private static func crypt(_ password: String, setting: String) -> String? {
        var output = [CChar](repeating: 0, count: 128)
        guard clinux_crypt(password, setting, &output, output.count) == 0 else { return nil }
        return String(decoding: output.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Whether two byte strings are equal, in a time that depends on their lengths alone.
func isEqualInConstantTime(_ left: some Collection<UInt8>, _ right: some Collection<UInt8>) -> Bool {
    guard left.count == right.count else { return false }
    return zip(left, right).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0
}
