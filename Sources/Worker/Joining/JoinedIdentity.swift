import Client
import Durable
import Foundation
import JSON

/// `identity.json`: who a worker of another host is to its cluster, with its key and certificates. One file, so that it is whole or not there.
struct JoinedIdentity: Codable, Sendable, CustomStringConvertible, CustomReflectable {
    /// Why the file cannot be used.
    struct Damaged: Error, CustomStringConvertible {
        let path: String
        let why: String
        var description: String {
            "\(path) is damaged (\(why)): remove it and join again with a new token (ctl worker token --name …)"
        }
    }

    var name: String
    /// The cluster's authority, as are all certificates here as PEM.
    var certificateAuthority: String
    /// Of both certificates.
    var key: String
    var clientCertificate: String
    var servingCertificate: String
    /// Names and addresses in the serving certificate; the first is told to others.
    var hosts: [String]
    /// When the client certificate was received and when it ends, in seconds since 1970.
    var receivedAt: Int64
    var expiresAt: Int64

    var description: String { "<identity of worker \(name)>" }
    var customMirror: Mirror { Mirror(self, children: []) }

    /// When others are to be asked for: after a third of the time, so that two thirds may go by without a controller.
    var renewAt: Int64 { receivedAt + max(1, (expiresAt - receivedAt) / 3) }

    var credential: ClientConfiguration.Credential {
        .certificate(chain: Array(clientCertificate.utf8), key: ClientConfiguration.SecretBytes(Array(key.utf8)))
    }

    // MARK: - The file

    static func path(in folder: String) -> String { "\(folder)/identity.json" }

    /// nil when the worker has not joined.
    static func load(from folder: String) throws(Damaged) -> JoinedIdentity? {
        let path = path(in: folder)
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let bytes = try BoundedFile(path: path, limit: 1 << 20).read()
            return try JSONParser.parse(bytes).decoded(as: JoinedIdentity.self)
        } catch is DecodingError {
            throw Damaged(path: path, why: "a part of it is missing")
        } catch {
            throw Damaged(path: path, why: "\(error)")
        }
    }

    func save(in folder: String) throws {
        try DurableFile.write(
            JSONWriter.bytes(of: try JSONValue(encoding: self)),
            to: Self.path(in: folder),
            permissions: 0o600
        )
    }
}
