package import Certificates
import Foundation
import JSON
package import Logging
package import Schema
import ServiceLifecycle
package import Store

/// Signs, remembers and forgets break-glass certificates, and writes down that they were used or tried.
///
/// Only one controller may run it on a store.
package struct BreakGlassLoop: Service, CustomStringConvertible {
    private let store: any ObjectStore
    private let authority: CertificateAuthority
    /// The certificate in `admin.kubeconfig`.
    private let bootstrap: CertificateFacts
    private let writer: ObjectWriter
    private let events: EventRecorder
    private let reports: BreakGlassReports
    private let bell: Bell
    private let now: @Sendable () -> Int64
    private let logger: Logger

    /// - Parameter now: seconds since 1970.
    package init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        authority: CertificateAuthority,
        bootstrap: CertificateFacts,
        now: @escaping @Sendable () -> Int64,
        logger: Logger
    ) {
        self.store = store
        self.authority = authority
        self.bootstrap = bootstrap
        self.now = now
        self.logger = logger
        writer = ObjectWriter(store: store, catalog: catalog)
        events = EventRecorder(store: store, writer: writer, now: now, logger: logger)
        bell = Bell()
        reports = BreakGlassReports(bell)
    }

    package var description: String { "break-glass certificates" }

    /// Takes note of a use; whoever calls waits for nothing.
    package func record(_ use: CertificateUse) { reports.record(use, at: now()) }

    package func record(_ test: BreakGlassTest) { reports.record(test) }

    package func run() async {
        await WatchingLoop(
            name: "break-glass",
            resources: [BreakGlassCertificate.resource],
            store: store,
            bell: bell,
            logger: logger
        )
        .run { try await look() }
    }

    /// One look and at most one act.
    func look() async throws -> Look {
        let stored = try await store.list(BreakGlassCertificate.resource, namespace: nil).items
        let certificates = try stored.map { try $0.value.decoded(as: BreakGlassCertificate.self) }
        let step = breakGlassStep(certificates, bootstrap: bootstrap.serialNumber, now: now())
        // Where nothing can be written down yet, nothing is.
        if step == .tellOfBootstrap {
            try await tellOfBootstrap(stored)
            return .acted
        }
        let (use, test) = reports.next
        if let use {
            try await write(use, stored)
            reports.done(use)
            return .acted
        }
        if let test {
            try await write(test, stored)
            reports.done(test)
            return .acted
        }
        switch step {
        case .tellOfBootstrap: break
        case .issue(.sign(let name)): try await sign(stored.first { $0.id.name == name })
        case .issue(.remove(let name)): try await remove(stored.first { $0.id.name == name })
        case .issue(.rest(let seconds)): return .again(after: .seconds(seconds))
        }
        return .acted
    }

    // MARK: - Acts

    private func tellOfBootstrap(_ stored: [StoredObject]) async throws {
        guard let object = stored.first(where: { $0.id.name == BreakGlassCertificate.bootstrapName }) else {
            try await writer.create(
                [
                    "apiVersion": .string(BreakGlassCertificate.apiVersion), "kind": .string(BreakGlassCertificate.kind),
                    "metadata": ["name": .string(BreakGlassCertificate.bootstrapName)],
                ],
                now: now()
            )
            return
        }
        // Another certificate has not been used yet.
        var status = BreakGlassCertificate.Status()
        status.describe(bootstrap, user: BreakGlassCertificate.bootstrapUser, now: now())
        try await set(status, of: object)
    }

    private func sign(_ object: StoredObject?) async throws {
        guard let object else { return }
        let certificate = try object.value.decoded(as: BreakGlassCertificate.self)
        guard let spec = certificate.spec else { return }
        var status = certificate.status ?? BreakGlassCertificate.Status()
        let wanted = CertificateRequest(
            commonName: BreakGlassCertificate.user(of: object.id.name),
            organizations: [BreakGlassCertificate.administrators],
            use: .client,
            lifetime: TimeInterval(spec.ttlSeconds)
        )
        try status.issue(spec.request, as: wanted, by: authority, now: now())
        try await set(status, of: object)
        guard let expiration = status.expirationTime else { return }
        let asker = certificate.metadata.annotations?[Annotation.changedBy] ?? "somebody"
        await events.record(
            "BreakGlassIssued",
            "\(asker) got the break-glass certificate \(object.id.name), which may do everything until \(expiration)",
            isWarning: true,
            about: object.reference
        )
    }

    private func remove(_ object: StoredObject?) async throws {
        guard let object else { return }
        _ = try await store.delete(object.id, ifVersion: object.version)
    }

    // MARK: - What has happened

    private func write(_ use: BreakGlassReports.Use, _ stored: [StoredObject]) async throws {
        let object = stored.first { $0.id.name == use.use.certificate }
        // Another certificate of the same user is used no less loudly, but says nothing of this one.
        if let object, object.value.value(at: "status", "serialNumber")?.stringValue == use.use.serialNumber {
            var status = try object.value.decoded(as: BreakGlassCertificate.self).status ?? BreakGlassCertificate.Status()
            status.lastUsedTime = Timestamp.text(of: use.time)
            status.lastUsedFrom = use.use.origin
            try await set(status, of: object)
        }
        guard use.isLoud else { return }
        let user = BreakGlassCertificate.user(of: use.use.certificate)
        logger.notice("a break-glass certificate is used", metadata: ["user": "\(user)", "from": "\(use.use.origin)"])
        await events.record(
            "BreakGlassUsed",
            "the break-glass certificate \(use.use.certificate) is used as \(user) by \(use.use.origin)",
            isWarning: true,
            about: object?.reference
        )
    }

    private func write(_ test: BreakGlassTest, _ stored: [StoredObject]) async throws {
        guard let object = stored.first(where: { $0.id.name == BreakGlassCertificate.bootstrapName }) else { return }
        var status = try object.value.decoded(as: BreakGlassCertificate.self).status ?? BreakGlassCertificate.Status()
        status.lastTestTime = Timestamp.text(of: test.time)
        status.lastTestError = test.failure.map { String($0.prefix(1_024)) }
        try await set(status, of: object)
        guard let failure = test.failure else { return }
        logger.error("the break-glass certificate does not work", metadata: ["error": "\(failure)"])
        await events.record(
            "BreakGlassBroken",
            "the certificate in admin.kubeconfig does not work: \(failure)",
            isWarning: true,
            about: object.reference
        )
    }

    private func set(_ status: BreakGlassCertificate.Status, of object: StoredObject) async throws {
        try await writer.setStatus(try JSONValue(encoding: status), of: object)
    }
}

extension StoredObject {
    /// As events name it.
    fileprivate var reference: ObjectReference {
        ObjectReference(
            apiVersion: value["apiVersion"]?.stringValue,
            kind: value["kind"]?.stringValue,
            name: id.name,
            uid: value.value(at: "metadata", "uid")?.stringValue
        )
    }
}
