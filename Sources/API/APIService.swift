import JSON
import Schema
import Store
import Web

/// The Kubernetes-style API as behaviour: one call in, one answer out or an error that has an answer.
struct APIService: Sendable {
    private let catalog: ResourceCatalog
    private let access: AccessControl
    private let workerSecrets: WorkerSecrets
    private let reads: ObjectReads
    private let writes: ObjectWrites
    private let reviews: IdentityReviews
    private let tokenReviews: TokenReviews?
    private let workerCertificates: WorkerCertificates?
    private let documents: PublicDocuments
    private let health: [HealthCheck]
    private let now: @Sendable () -> Int64

    init(
        store: any ObjectStore,
        catalog: ResourceCatalog,
        admission: Admission,
        access: AccessControl,
        tokenReviews: TokenReviews? = nil,
        workerCertificates: WorkerCertificates? = nil,
        version: String,
        health: [HealthCheck],
        trials: [DryRunTrial] = [],
        now: @escaping @Sendable () -> Int64
    ) {
        self.catalog = catalog
        self.access = access
        self.now = now
        workerSecrets = WorkerSecrets(store: store)
        reads = ObjectReads(store: store, now: now)
        writes = ObjectWrites(
            store: store,
            catalog: catalog,
            admission: admission,
            tracking: FieldTracking(catalog, admission),
            escalation: PrivilegeEscalation(access: access, store: store),
            trials: trials,
            now: now
        )
        self.tokenReviews = tokenReviews
        self.workerCertificates = workerCertificates
        reviews = IdentityReviews(access: access)
        documents = PublicDocuments(catalog, version: ServerVersion(postern: version))
        self.health = health
    }

    func respond(to call: APICall) async throws -> APIAnswer {
        guard let target = call.line.target else { throw APIStatus.noSuchPath }
        guard case .resource(let resource) = target else { return try await respond(to: call, about: target) }
        guard let verb = call.line.verb else { throw APIStatus.methodNotAllowed }
        let answer = try await respond(to: call, verb, resource)
        return call.accept.wantsYAML ? try answer.asYAML() : answer
    }

    private func respond(to call: APICall, about target: RequestTarget) async throws -> APIAnswer {
        let attempt = call.line.attempt
        guard access.allow(attempt, by: call.caller) else { throw attempt.refusal(of: call.caller) }
        guard ["GET", "HEAD"].contains(call.line.method) else { throw APIStatus.methodNotAllowed }
        if case .health(let path) = target {
            let report = await HealthReport.make(path == "livez" ? [] : health, path: path, verbose: call.query.flag("verbose"))
            return .text(report.text, code: report.isHealthy ? 200 : 500)
        }
        return try documents.answer(target, accept: call.accept)
    }

    private func respond(to call: APICall, _ verb: Verb, _ target: ResourceTarget) async throws -> APIAnswer {
        let attempt = AccessAttempt(verb, target.named(by: verb, call.query))
        if !access.allow(attempt, by: call.caller) {
            guard try await workerSecrets.allow(verb, target, by: call.caller) else { throw attempt.refusal(of: call.caller) }
        }
        if let answer = try await reviewed(call, verb, target) { return answer }
        guard let definition = catalog.definition(group: target.group, version: target.version, plural: target.plural),
            let part = Self.part(target, of: definition)
        else { throw APIStatus.noSuchPath }
        try Self.checkScope(verb, target, definition)
        switch (verb, part) {
        case (.get, _): return try await reads.get(call, target, definition)
        case (.list, .whole): return try await reads.list(call, target, definition)
        case (.watch, .whole): return try await reads.watch(call, target, definition)
        case (.create, .whole): return try await writes.create(call, target, definition)
        case (.update, _): return try await writes.update(call, target, definition, part: part)
        case (.patch, _): return try await writes.patch(call, target, definition, part: part)
        case (.delete, .whole): return try await writes.delete(call, target, definition)
        case (.deleteCollection, .whole): return try await writes.deleteCollection(call, target, definition)
        case (_, .status): throw APIStatus.methodNotAllowed
        }
    }

    /// The call in the name it asks for, if its caller may speak in that name.
    func impersonated(_ call: APICall) throws(APIStatus) -> APICall {
        guard let impersonation = call.impersonation else { return call }
        for attempt in impersonation.attempts where !access.allow(attempt, by: call.caller) {
            throw attempt.refusal(of: call.caller)
        }
        guard !impersonation.isOutOfReach(of: call.caller) else {
            throw .forbidden("names of the system can be impersonated with a client certificate only")
        }
        var call = call
        call.caller = impersonation.caller(for: call.caller)
        return call
    }

    /// Resources that are questions; nil for all others.
    private func reviewed(_ call: APICall, _ verb: Verb, _ target: ResourceTarget) async throws -> APIAnswer? {
        switch (target.group, target.plural, target.name, verb) {
        case ("authentication.k8s.io", "tokenreviews", nil, .create):
            guard let tokenReviews else { throw APIStatus.noSuchPath }
            return .json(try await tokenReviews.review(try ObjectBody.read(call)), code: 201)
        case ("authentication.k8s.io", "selfsubjectreviews", nil, .create):
            return .json(reviews.whoAmI(call.caller, now: now()), code: 201)
        case ("authorization.k8s.io", "selfsubjectaccessreviews", nil, .create):
            return .json(try reviews.mayI(try ObjectBody.read(call), call.caller), code: 201)
        case ("authorization.k8s.io", "selfsubjectrulesreviews", nil, .create):
            return .json(try reviews.myRules(try ObjectBody.read(call), call.caller), code: 201)
        case ("postern.dev", WorkerCertificate.plural, nil, .create):
            guard let workerCertificates else { throw APIStatus.noSuchPath }
            return .json(try await workerCertificates.answer(call), code: 201)
        case ("user.openshift.io", "users", "~", .get):
            return .json(reviews.currentUser(call.caller))
        default:
            return nil
        }
    }

    /// nil for a subresource that the kind does not have.
    private static func part(_ target: ResourceTarget, of definition: ResourceDefinition) -> ObjectPart? {
        switch target.subresource {
        case nil: .whole
        case "status" where definition.hasStatus: .status
        default: nil
        }
    }

    /// Only lists and watches may go across namespaces; a cluster-scoped resource is in none.
    private static func checkScope(_ verb: Verb, _ target: ResourceTarget, _ definition: ResourceDefinition) throws(APIStatus) {
        switch definition.scope {
        case .cluster:
            guard target.namespace == nil else { throw .noSuchPath }
        case .namespaced:
            guard target.namespace != nil || (target.name == nil && [.list, .watch].contains(verb)) else { throw .noSuchPath }
        }
    }
}
