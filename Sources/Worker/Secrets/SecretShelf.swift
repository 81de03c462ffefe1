import Durable
import Foundation
import JSON
import Logging
import Snapshot
import Synchronization

/// The secrets of the snapshots at hand, in memory and in one file that only this user reads, so that a worker also starts without a
/// controller. What no snapshot refers to any more is erased.
final class SecretShelf: Sendable {
    /// Fetches one secret from the API.
    typealias Fetch = @Sendable (SecretReference) async throws -> [UInt8]

    struct Missing: Error, CustomStringConvertible {
        let reference: SecretReference
        let why: String
        var description: String { "secret \(reference.name), key \(reference.key): \(why)" }
    }

    private static let maximumFile = 4 << 20

    private let path: String
    private let fetch: Fetch
    private let logger: Logger
    /// The lock is also held while the file is written.
    private let held = Mutex<[SecretReference: Secret]>([:])

    init(path: String, logger: Logger, fetch: @escaping Fetch) {
        self.path = path
        self.logger = logger
        self.fetch = fetch
    }

    func find(_ reference: SecretReference) -> Secret? { held.withLock { $0[reference] } }

    /// Gets what is not here yet, beside everything that is; throws without having changed the file.
    func gather(_ references: [SecretReference]) async throws {
        var found: [SecretReference: Secret] = [:]
        for reference in references where find(reference) == nil {
            do {
                found[reference] = Secret(try await fetch(reference))
            } catch {
                throw Missing(reference: reference, why: "\(error)")
            }
        }
        guard !found.isEmpty else { return }
        try held.withLock { held in
            let all = held.merging(found) { _, new in new }
            try write(all)
            held = all
        }
    }

    /// Erases all others.
    func keep(_ references: [SecretReference]) {
        do {
            try held.withLock { held in
                let rest = held.filter { references.contains($0.key) }
                guard rest.count < held.count else { return }
                held = rest
                try write(rest)
            }
        } catch {
            logger.error(
                "secrets that are not needed any more cannot be erased",
                metadata: ["path": "\(path)", "error": "\(error)"]
            )
        }
    }

    /// Takes up what the file has; without it the secrets are fetched again as soon as the controller answers.
    func load() {
        guard let bytes = FileManager.default.contents(atPath: path) else { return }
        do {
            let found = try Self.read(bytes)
            held.withLock { $0 = found }
        } catch {
            logger.error("the file with the secrets is damaged and is not used", metadata: ["path": "\(path)"])
        }
    }

    private static func read(_ bytes: Data) throws -> [SecretReference: Secret] {
        let document = try JSONParser.parse(bytes, limits: .init(bytes: maximumFile, depth: 8))
        var found: [SecretReference: Secret] = [:]
        for entry in document["secrets"]?.arrayValue ?? [] {
            guard let value = entry["value"]?.stringValue.flatMap({ Data(base64Encoded: $0) }), let place = entry["place"]
            else {
                throw JSONError(reason: .syntax, offset: 0)
            }
            found[try place.decoded()] = Secret(Array(value))
        }
        return found
    }

    private func write(_ secrets: [SecretReference: Secret]) throws {
        let entries = try secrets.map { reference, secret -> JSONValue in
            ["place": try JSONValue(encoding: reference), "value": .string(Data(secret.expose()).base64EncodedString())]
        }
        try DurableFile.write(JSONWriter.bytes(of: ["secrets": .array(entries)]), to: path, permissions: 0o600)
    }
}
