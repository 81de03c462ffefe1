import Authenticator
import Foundation
import JSON
import Listening
import NIOHTTP1
import Snapshot

/// Who am I: a caller asks about its own token or client certificate; and where to log in.
struct IdentityEndpoint: Sendable {
    let judge: TokenJudge

    /// The caller as the API would see it.
    private struct Caller {
        let username: String
        let uid: String
        let groups: [String]
        let extra: [String: [String]]
    }

    private enum Recognition {
        case known(Caller, decision: String?)
        case unknown(WorkerResponse)
    }

    func selfSubjectReview(_ request: WorkerRequest) -> WorkerResponse {
        answer(request, endpoint: "selfsubjectreview") { caller in
            .json(
                [
                    "kind": "SelfSubjectReview", "apiVersion": "authentication.k8s.io/v1",
                    "metadata": ["creationTimestamp": .string(Timestamp.text(of: judge.now()))],
                    "status": [
                        "userInfo": .userInfo(
                            username: caller.username,
                            uid: caller.uid,
                            groups: caller.groups,
                            extra: caller.extra
                        )
                    ],
                ],
                status: .created
            )
        }
    }

    /// `users/~`, which `oc whoami` asks for.
    func currentUser(_ request: WorkerRequest) -> WorkerResponse {
        answer(request, endpoint: "users") { caller in
            var metadata: JSONValue = ["name": .string(caller.username), "creationTimestamp": .null]
            if !caller.uid.isEmpty { metadata["uid"] = .string(caller.uid) }
            return .json([
                "kind": "User", "apiVersion": "user.openshift.io/v1", "metadata": metadata, "identities": .null,
                "groups": .array(caller.groups.map(JSONValue.string)),
            ])
        }
    }

    func oauthMetadata() -> WorkerResponse {
        guard let snapshot = judge.live.load().snapshot else { return .unavailable }
        return snapshot.oauthMetadata.map { .json(text: $0) } ?? .notFound
    }

    private func answer(
        _ request: WorkerRequest,
        endpoint: String,
        _ body: (Caller) -> WorkerResponse
    ) -> WorkerResponse {
        switch recognise(request, endpoint: endpoint) {
        case .unknown(let response): response
        case .known(let caller, let decision): decision.map { body(caller).with("X-Postern-Decision", $0) } ?? body(caller)
        }
    }

    /// A token counts before a certificate: whoever sends one wants to know about it.
    private func recognise(_ request: WorkerRequest, endpoint: String) -> Recognition {
        switch BearerCredential(request.headers) {
        case .none:
            guard let subject = request.certificate else { return .unknown(.unauthorized) }
            let groups = subject.organizations + ["system:authenticated"]
            return .known(Caller(username: subject.commonName, uid: "", groups: groups, extra: [:]), decision: nil)
        case .malformed: return .unknown(.unauthorized)
        case .token(let token):
            let judgement = judge.judge(token, endpoint: endpoint)
            switch judgement.decision {
            case .authenticated(let identity):
                let caller = Caller(
                    username: identity.username,
                    uid: identity.uid,
                    groups: identity.groups + ["system:authenticated"],
                    extra: identity.extra
                )
                return .known(caller, decision: judgement.id)
            case .refused, .notMine: return .unknown(.unauthorized.with("X-Postern-Decision", judgement.id))
            case .unknowable: return .unknown(.unavailable.with("X-Postern-Decision", judgement.id))
            }
        }
    }
}
