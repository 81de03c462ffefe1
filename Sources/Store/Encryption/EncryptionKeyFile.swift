import Durable
import Foundation

/// The file with the encryption keys: one key in base64 per line, the first seals, the others only open what they sealed.
///
/// To rotate: put a new line in front, restart; the controller seals everything anew, after which the old line may go.
package struct EncryptionKeyFile: Sendable {
    package enum Failure: LocalizedError, Hashable {
        case unreadable(path: String, reason: String)
        case notAKey(path: String, line: Int)
        case empty(path: String)
        case readableByOthers(path: String)

        package var errorDescription: String? {
            switch self {
            case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
            case .notAKey(let path, let line):
                "\(path), line \(line), is not 32 bytes in base64; restore the file from a backup"
            case .empty(let path): "\(path) has no key; restore the file from a backup"
            case .readableByOthers(let path): "\(path) can be read by other users; run: chmod 600 \(path)"
            }
        }
    }

    package let keys: [EncryptionKey]

    /// Reads the file, or makes one with a new key where there is none.
    package static func loadOrCreate(at path: String) throws -> EncryptionKeyFile {
        var status = stat()
        if stat(path, &status) == 0 {
            guard status.st_mode & 0o077 == 0 else { throw Failure.readableByOthers(path: path) }
            return try load(path)
        }
        guard errno == ENOENT else { throw Failure.unreadable(path: path, reason: String(cString: strerror(errno))) }
        let key = EncryptionKey.random()
        try DurableFile.write(Array("\(Data(key.expose()).base64EncodedString())\n".utf8), to: path, permissions: 0o600)
        return EncryptionKeyFile(keys: [key])
    }

    private static func load(_ path: String) throws -> EncryptionKeyFile {
        let text: String
        do {
            text = try String(contentsOfFile: path, encoding: .utf8)
        } catch {
            throw Failure.unreadable(path: path, reason: error.localizedDescription)
        }
        var keys: [EncryptionKey] = []
        for (number, line) in text.split(separator: "\n", omittingEmptySubsequences: false).enumerated() where !line.isEmpty {
            guard let bytes = Data(base64Encoded: String(line)), let key = EncryptionKey(bytes: bytes) else {
                throw Failure.notAKey(path: path, line: number + 1)
            }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw Failure.empty(path: path) }
        return EncryptionKeyFile(keys: keys)
    }
}
