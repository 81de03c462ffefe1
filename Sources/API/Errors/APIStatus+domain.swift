import Schema
import Store
import Web

extension APIStatus {
    /// The one table from this program's errors to answers; nil for an error that is nobody's answer, which becomes a bare 500.
    static func of(_ error: any Error) -> APIStatus? {
        switch error {
        case let status as APIStatus: status
        case let error as StoreError: APIStatus(error)
        case let error as InvalidObject: APIStatus(error)
        case let error as WorkerCertificate.Refusal: APIStatus(error)
        case let error as InvalidManifest: badRequest(error.description)
        default: nil
        }
    }

    init(_ error: StoreError) {
        switch error {
        case .notFound(let id):
            self = .notFound(id)
        case .alreadyExists(let id):
            self = APIStatus(
                code: 409,
                reason: "AlreadyExists",
                message: "\(id.resource) \"\(id.name)\" already exists",
                details: Details(id)
            )
        case .conflict(let id, _):
            self = .conflict(
                id,
                "the object has been modified; please apply your changes to the latest version and try again"
            )
        case .compacted, .readerTooSlow:
            self = .expired("too old resource version: list again")
        case .unavailable:
            self = .unavailable("the store is not available")
        }
    }

    init(_ error: InvalidObject) {
        if let text = error.badRequest {
            self = .badRequest(text)
            return
        }
        self = APIStatus(
            code: 422,
            reason: "Invalid",
            message: error.message,
            details: Details(
                name: error.name,
                group: error.group,
                kind: error.kind,
                causes: error.issues.map(APIStatus.Cause.init)
            )
        )
    }

    init(_ refusal: WorkerCertificate.Refusal) {
        func status(_ code: Int, _ reason: String) -> APIStatus {
            let kind = "\(WorkerCertificate.plural).postern.dev"
            return APIStatus(code: code, reason: reason, message: "\(kind) is forbidden: \(refusal)")
        }
        switch refusal {
        case .invalid(let issues):
            self = APIStatus(
                code: 422,
                reason: "Invalid",
                message: "WorkerCertificate.postern.dev \"\" is invalid: \(refusal)",
                details: Details(
                    group: "postern.dev",
                    kind: WorkerCertificate.kind,
                    causes: issues.map(APIStatus.Cause.init)
                )
            )
        case .nameTaken: self = APIStatus(code: 409, reason: "AlreadyExists", message: refusal.description)
        case .busy: self = APIStatus(code: 409, reason: "Conflict", message: refusal.description)
        case .notAWorker, .anotherWorker, .tokenForAnother, .tokenSpent, .runByController, .hostsNotAllowed:
            self = status(403, "Forbidden")
        }
    }

    /// 422 for the query of a request, as if its options were an object.
    static func invalidOptions(_ kind: String, _ issues: [FieldIssue]) -> APIStatus {
        let list = issues.map(\.description).joined(separator: ", ")
        return APIStatus(
            code: 422,
            reason: "Invalid",
            message: "\(kind).meta.k8s.io \"\" is invalid: \(issues.count == 1 ? list : "[\(list)]")",
            details: Details(group: "meta.k8s.io", kind: kind, causes: issues.map(APIStatus.Cause.init))
        )
    }

    static func notFound(_ id: ObjectID) -> APIStatus {
        APIStatus(code: 404, reason: "NotFound", message: "\(id.resource) \"\(id.name)\" not found", details: Details(id))
    }

    static func conflict(_ id: ObjectID, _ problem: String) -> APIStatus {
        APIStatus(
            code: 409,
            reason: "Conflict",
            message: "Operation cannot be fulfilled on \(id.resource) \"\(id.name)\": \(problem)",
            details: Details(id)
        )
    }

    /// 403 whoever asks.
    static func forbidden(_ id: ObjectID, _ problem: String) -> APIStatus {
        APIStatus(
            code: 403,
            reason: "Forbidden",
            message: "\(id.resource) \"\(id.name)\" is forbidden: \(problem)",
            details: Details(id)
        )
    }

    /// 403 for a request that is about no single object.
    static func forbidden(_ problem: String) -> APIStatus {
        APIStatus(code: 403, reason: "Forbidden", message: "forbidden: \(problem)")
    }

    /// 410: what a watch or a list asked for is forgotten.
    static func expired(_ message: String) -> APIStatus {
        APIStatus(code: 410, reason: "Expired", message: message)
    }
}

extension APIStatus.Cause {
    init(_ issue: FieldIssue) {
        self.init(reason: issue.reason.rawValue, message: issue.message, field: issue.path.description)
    }
}

extension APIStatus.Details {
    init(_ id: ObjectID) {
        self.init(name: id.name, group: id.resource.group, kind: id.resource.plural)
    }
}
