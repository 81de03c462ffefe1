package import Certificates
package import Foundation
import JSON
package import Logging
package import Schema
package import Store

/// Lets workers of other hosts in: signs their certificates once it is written down that they count.
package struct WorkerAdmission: Sendable {
    /// Who asks, as TLS has proven it.
    package struct Asker: Hashable, Sendable {
        package let username: String
        /// Of the certificate that was shown, in hex.
        package let serialNumber: String
        /// Where the connection comes from.
        package let address: String?

        package init(username: String, serialNumber: String, address: String?) {
            (self.username, self.serialNumber, self.address) = (username, serialNumber, address)
        }
    }

    /// How long certificates are valid.
    package struct Lifetimes: Hashable, Sendable {
        /// Of a worker's client certificate, in seconds. After a third of it the worker asks for another.
        package var client: TimeInterval
        /// Those who ask the worker should find it good however long the controller is away.
        package var serving: TimeInterval = 90 * 86_400

        package init(client: TimeInterval = 7 * 86_400) { self.client = client }
    }

    private static let attempts = 8

    private let store: any ObjectStore
    private let authority: CertificateAuthority
    private let lifetimes: Lifetimes
    private let writer: ObjectWriter
    private let events: EventRecorder
    private let now: @Sendable () -> Int64

    /// - Parameter now: seconds since 1970.
    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        authority: CertificateAuthority,
        lifetimes: Lifetimes,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        (self.store, self.authority, self.lifetimes, self.now) = (store, authority, lifetimes, now)
        writer = ObjectWriter(store: store, catalog: catalog)
        events = EventRecorder(store: store, writer: writer, now: now, logger: logger)
    }

    /// Certificates for a worker that joins, or that renews its own. Throws `WorkerCertificate.Refusal`, or what the store has to say.
    package func certify(_ spec: WorkerCertificate.Spec, for asker: Asker) async throws -> WorkerCertificate.Status {
        // Whoever is second at the same time reads again.
        for _ in 0..<Self.attempts {
            do {
                if let status = try await attempt(spec, asker) { return status }
            } catch let error as StoreError {
                guard case .conflict = error else { throw error }
            }
        }
        throw WorkerCertificate.Refusal.busy
    }

    /// nil when somebody else wrote the same object meanwhile.
    private func attempt(_ spec: WorkerCertificate.Spec, _ asker: Asker) async throws -> WorkerCertificate.Status? {
        let token = try await token(of: asker)
        let stored = try await store.find(ObjectID(.nodes, name: spec.workerName))
        let node = try stored.map { try $0.value.decoded(as: Node.self) }
        let certificate = try client(spec)
        let question = JoinQuestion(
            asker: try identity(of: asker, token),
            workerName: spec.workerName,
            keyDigest: certificate.facts.keyDigest,
            hosts: spec.hosts ?? [],
            address: asker.address
        )
        let grant = try question.grant(node: node)
        let serving = try sign(
            spec.request,
            CertificateRequest(
                commonName: ProcessIdentity.worker(name: spec.workerName).commonName,
                use: .server(names: ClusterCertificates.names(grant.hosts)),
                lifetime: lifetimes.serving
            )
        )
        let expirationTime = Timestamp.text(of: certificate.facts.expiration)
        let entry = Node.Certificate(
            serialNumber: certificate.facts.serialNumber,
            keyDigest: certificate.facts.keyDigest,
            expirationTime: expirationTime
        )
        // The token first: a worker that is killed between the two writes asks again with the same key, and is let in by them.
        if grant.countsAsJoin, let token { try await record(question, in: token) }
        let certificates = [grant.keeps, entry].compactMap { $0 }
        guard try await write(certificates, grant, question, stored) else { return nil }
        if stored == nil || grant.countsAsJoin { await announce(question, token) }
        return WorkerCertificate.Status(
            clientCertificate: certificate.pem,
            servingCertificate: serving,
            hosts: grant.hosts,
            expirationTime: expirationTime
        )
    }

    // MARK: - Who asks

    private func token(of asker: Asker) async throws -> StoredObject? {
        guard let name = WorkerToken.name(ofUser: asker.username) else { return nil }
        return try await store.find(ObjectID(WorkerToken.resource, name: name))
    }

    private func identity(of asker: Asker, _ token: StoredObject?) throws -> JoinQuestion.Asker {
        if let token { return .token(try token.value.decoded(as: WorkerToken.self)) }
        let prefix = ProcessIdentity.worker(name: "").commonName
        guard asker.username.utf8.starts(with: prefix.utf8) else { throw WorkerCertificate.Refusal.notAWorker }
        return .worker(String(asker.username.dropFirst(prefix.count)), serialNumber: asker.serialNumber)
    }

    // MARK: - Signing

    private func client(_ spec: WorkerCertificate.Spec) throws -> (pem: String, facts: CertificateFacts) {
        let identity = ProcessIdentity.worker(name: spec.workerName)
        let pem = try sign(
            spec.request,
            CertificateRequest(
                commonName: identity.commonName,
                organizations: identity.organizations,
                use: .client,
                lifetime: lifetimes.client
            )
        )
        return (pem, try CertificateFacts(pem: pem))
    }

    private func sign(_ request: String, _ wanted: CertificateRequest) throws -> String {
        do {
            return try authority.sign(
                request: request,
                as: wanted,
                now: Date(timeIntervalSince1970: TimeInterval(now()))
            )
        } catch let refusal as RequestRefusal {
            let path = FieldPath.root["spec"]["request"]
            throw WorkerCertificate.Refusal.invalid([
                FieldIssue(path: path, reason: .invalid, message: "Invalid value: \(refusal)")
            ])
        }
    }

    // MARK: - Writing down

    private func record(_ question: JoinQuestion, in token: StoredObject) async throws {
        var status = try token.value.decoded(as: WorkerToken.self).status ?? WorkerToken.Status()
        let join = WorkerToken.Joined(
            workerName: question.workerName,
            keyDigest: question.keyDigest,
            time: Timestamp.text(of: now())
        )
        status.joined = (status.joined ?? []) + [join]
        try await writer.setStatus(try JSONValue(encoding: status), of: token)
    }

    private func write(
        _ certificates: [Node.Certificate],
        _ grant: JoinGrant,
        _ question: JoinQuestion,
        _ stored: StoredObject?
    ) async throws -> Bool {
        let list = try JSONValue(encoding: certificates)
        let hosts = JSONValue.array(grant.hosts.map(JSONValue.string))
        guard let stored else {
            let object: JSONValue = [
                "apiVersion": "v1", "kind": "Node",
                "metadata": [
                    "name": .string(question.workerName),
                    "labels": .object(JSONObject([(Node.runBy, .string("another-host"))])),
                ],
                "spec": ["certificates": list, "hosts": hosts],
            ]
            return try await writer.create(object, now: now()) != nil
        }
        var value = stored.value
        value["spec"] = value["spec"] ?? [:]
        value["spec"]?["certificates"] = list
        value["spec"]?["hosts"] = hosts
        _ = try await writer.replace(stored, by: value)
        return true
    }

    private func announce(_ question: JoinQuestion, _ token: StoredObject?) async {
        let with = token.map { " with the token \($0.id.name)" } ?? ""
        let from = question.address.map { " from \($0)" } ?? ""
        await events.record("WorkerJoined", "worker \(question.workerName) joined\(from)\(with)")
    }
}
