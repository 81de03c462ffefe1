import Certificates
import Client
import Durable
import Foundation
import Logging

/// Makes this process a worker of a cluster elsewhere: with the identity it has, or with a new one for a token.
struct Joining: Sendable {
    /// Why a worker cannot join, for whoever started it.
    struct Failure: LocalizedError, CustomStringConvertible {
        let description: String
        var errorDescription: String? { description }
    }

    private static let longestPause = Duration.seconds(10)

    let folder: String
    let controller: String
    /// The worker's name; nil: the host's.
    let name: String?
    /// nil: none was given.
    let tokenFile: String?
    let hosts: [String]
    /// Seconds since 1970.
    let now: @Sendable () -> Int64
    let logger: Logger

    /// Waits for the controller as long as it takes; throws what waiting would not mend.
    func identity() async throws -> JoinedIdentity {
        do {
            try FileManager.default.createDirectory(
                atPath: folder,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Failure(description: "--data \(folder) cannot be made a folder: \((error as NSError).localizedDescription)")
        }
        if let identity = try JoinedIdentity.load(from: folder) {
            if let name, !name.utf8.elementsEqual(identity.name.utf8) {
                throw Failure(
                    description: "\(folder) is that of the worker \"\(identity.name)\"; --name \(name) is another one"
                )
            }
            let others = hosts.filter { !identity.hosts.contains($0) }
            if !others.isEmpty {
                logger.warning(
                    "the worker has joined without these names: remove identity.json and join again with a token that allows them",
                    metadata: ["worker": "\(identity.name)", "hosts": "\(others.joined(separator: ", "))"]
                )
            }
            return identity
        }
        return try await join(as: try name ?? Self.hostName())
    }

    /// Another identity for a worker whose certificates count no more, if it was given a token; one try.
    func replacement(of identity: JoinedIdentity) async throws -> JoinedIdentity {
        let token = try token()
        guard token.authorityPEM == identity.certificateAuthority else {
            throw Failure(
                description: "the token is another cluster's; remove \(JoinedIdentity.path(in: folder)) to join that one"
            )
        }
        return try await join(as: identity.name, with: token, once: true)
    }

    private func join(as name: String) async throws -> JoinedIdentity {
        try await join(as: name, with: try token(), once: false)
    }

    private func join(as name: String, with token: WorkerJoinToken, once: Bool) async throws -> JoinedIdentity {
        let key = try pendingKey(name)
        var configuration = ClientConfiguration(
            server: controller,
            trust: .roots(pem: Array(token.authorityPEM.utf8)),
            credential: .certificate(
                chain: Array(token.certificatePEM.utf8),
                key: ClientConfiguration.SecretBytes(Array(token.keyPEM.utf8))
            ),
            userAgent: "authenticator"
        )
        configuration.requestTimeout = .seconds(10)
        let identity = try await ControllerClient.with(configuration) { client in
            let asking = CertificateAsking(client: client, now: now)
            return once
                ? try await asking.identity(of: name, key, hosts: hosts, authorityPEM: token.authorityPEM)
                : try await ask(asking, name, key, token.authorityPEM)
        }
        try identity.save(in: folder)
        try Self.remove(pendingKeyPath)
        logger.notice("joined", metadata: ["worker": "\(name)", "controller": "\(controller)"])
        return identity
    }

    private func ask(
        _ asking: CertificateAsking,
        _ name: String,
        _ key: KeyAndRequest,
        _ authorityPEM: String
    ) async throws -> JoinedIdentity {
        var pause = Duration.milliseconds(250)
        while true {
            do {
                return try await asking.identity(of: name, key, hosts: hosts, authorityPEM: authorityPEM)
            } catch let failure as APIFailure where failure.code < 500 && failure.code != 429 && failure.reason != "Conflict" {
                throw Failure(description: "the controller does not let worker \"\(name)\" join: \(failure.message)")
            } catch let failure as TransportFailure where Self.isFinal(failure.reason) {
                throw Failure(description: "\(failure); is it the token's controller, and is the token still good?")
            } catch {
                logger.warning("cannot join yet; trying again", metadata: ["error": "\(error)"])
            }
            try await Task.sleep(for: pause)
            pause = min(pause * 2, Self.longestPause)
        }
    }

    /// Waiting changes nothing about it.
    private static func isFinal(_ reason: TransportFailure.Reason) -> Bool {
        switch reason {
        case .badAddress, .untrusted, .certificateRequired, .certificateRefused: true
        case .unreachable, .timedOut, .tooLarge, .interrupted, .notJSON: false
        }
    }

    // MARK: - What it needs

    private func token() throws -> WorkerJoinToken {
        guard let tokenFile else {
            throw Failure(
                description: "this worker has not joined yet: give --join-token-file, with a token from `ctl worker token`"
            )
        }
        do {
            let bytes = try BoundedFile(path: tokenFile, limit: WorkerJoinToken.longestText).read()
            let mode = try FileManager.default.attributesOfItem(atPath: tokenFile)[.posixPermissions] as? Int ?? 0
            if mode & 0o077 != 0 {
                logger.warning("others on this host may read the token", metadata: ["file": "\(tokenFile)"])
            }
            return try WorkerJoinToken(parsing: String(decoding: bytes, as: UTF8.self))
        } catch let problem as WorkerJoinToken.Problem {
            throw Failure(description: "--join-token-file \(tokenFile): \(problem)")
        } catch {
            throw Failure(description: "--join-token-file \(error)")
        }
    }

    private var pendingKeyPath: String { "\(folder)/joining.key" }

    /// The key of the first request, kept until there is an answer: whoever asks again with the same key is the same worker.
    private func pendingKey(_ name: String) throws -> KeyAndRequest {
        if FileManager.default.fileExists(atPath: pendingKeyPath),
            let pem = try? String(contentsOfFile: pendingKeyPath, encoding: .utf8),
            let key = try? KeyAndRequest(keyPEM: pem, commonName: name)
        {
            return key
        }
        let key = try KeyAndRequest.make(commonName: name)
        try DurableFile.write(Array(key.keyPEM.utf8), to: pendingKeyPath, permissions: 0o600)
        return key
    }

    static func remove(_ path: String) throws {
        if FileManager.default.fileExists(atPath: path) { try FileManager.default.removeItem(atPath: path) }
    }

    private static func hostName() throws -> String {
        let name = ProcessInfo.processInfo.hostName.split(separator: ".").first.map { $0.lowercased() } ?? ""
        guard name.wholeMatch(of: /[a-z0-9]([-a-z0-9]*[a-z0-9])?/) != nil, name != "localhost" else {
            throw Failure(description: "this host's name cannot be the worker's; give it a --name")
        }
        return name
    }
}
