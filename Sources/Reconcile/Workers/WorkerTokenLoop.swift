package import Certificates
import Foundation
import JSON
package import Logging
package import Schema
import ServiceLifecycle
package import Store

/// Signs the certificates of worker tokens, and removes tokens a day after they have ended.
///
/// Only one controller may run it on a store.
package struct WorkerTokenLoop: Service, CustomStringConvertible {
    private let store: any ObjectStore
    private let authority: CertificateAuthority
    private let writer: ObjectWriter
    private let events: EventRecorder
    private let bell = Bell()
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameter now: seconds since 1970.
    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        authority: CertificateAuthority,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        (self.store, self.authority, self.now, self.logger) = (store, authority, now, logger)
        writer = ObjectWriter(store: store, catalog: catalog)
        events = EventRecorder(store: store, writer: writer, now: now, logger: logger)
    }

    package var description: String { "worker tokens" }

    package func run() async {
        await WatchingLoop(name: "worker tokens", resources: [WorkerToken.resource], store: store, bell: bell, logger: logger)
            .run { try await look() }
    }

    /// One look and at most one act.
    func look() async throws -> Look {
        let stored = try await store.list(WorkerToken.resource, namespace: nil).items
        let tokens = try stored.map { try $0.value.decoded(as: WorkerToken.self) }
        switch issuingStep(tokens.map { Issuance($0.metadata, $0.status, now: now()) }, now: now()) {
        case .sign(let name):
            if let object = stored.first(where: { $0.id.name == name }) { try await sign(object) }
        case .remove(let name):
            if let object = stored.first(where: { $0.id.name == name }) {
                _ = try await store.delete(object.id, ifVersion: object.version)
            }
        case .rest(let seconds): return .again(after: .seconds(seconds))
        }
        return .acted
    }

    private func sign(_ object: StoredObject) async throws {
        let token = try object.value.decoded(as: WorkerToken.self)
        var status = token.status ?? WorkerToken.Status()
        let wanted = CertificateRequest(
            commonName: WorkerToken.user(of: object.id.name),
            organizations: [WorkerToken.holders],
            use: .client,
            lifetime: TimeInterval(token.spec.ttlSeconds)
        )
        try status.issue(token.spec.request, as: wanted, by: authority, now: now())
        try await writer.setStatus(try JSONValue(encoding: status), of: object)
        guard let expiration = status.expirationTime else { return }
        let asker = token.metadata.annotations?[Annotation.changedBy] ?? "somebody"
        let whom = token.spec.workerName.map { "the worker \($0)" } ?? "workers"
        await events.record(
            "WorkerTokenIssued",
            "\(asker) got the worker token \(object.id.name), with which \(whom) may join until \(expiration)"
        )
    }
}
