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
    fileprivate struct Caller {
        let username: String
        let uid: String
        let groups: [String]
        let extra: [String: [String]]
    }

    func selfSubjectReview(_ request: WorkerRequest) -> WorkerReply {
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
    func currentUser(_ request: WorkerRequest) -> WorkerReply {
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

    /// A token counts before a certificate: whoever sends one wants to know about it.
    private func answer(
        _ request: WorkerRequest,
        endpoint: String,
        _ body: @escaping @Sendable (Caller) -> WorkerResponse
    ) -> WorkerReply {
        switch BearerCredential(request.headers) {
        case .none:
            guard let subject = request.certificate else { return .now(.unauthorized) }
            let groups = subject.organizations + ["system:authenticated"]
            return .now(body(Caller(username: subject.commonName, uid: "", groups: groups, extra: [:])))
        case .malformed: return .now(.unauthorized)
        case .token(let token):
            return judge.judge(token, Asked(endpoint: endpoint, body: body))
        }
    }

    private struct Asked: TokenRequest {
        let endpoint: String
        /// These are for people, and one says the time.
        var cacheKey: String? { nil }
        let body: @Sendable (Caller) -> WorkerResponse

        func response(to judgement: TokenJudge.Judgement) -> WorkerResponse {
            switch judgement.decision {
            case .authenticated(let identity): body(Caller(identity))
            case .refused, .notMine: .unauthorized
            case .unknowable: .unavailable
            }
        }
    }
}

extension IdentityEndpoint.Caller {
    fileprivate init(_ identity: Identity) {
        self.init(
            username: identity.username,
            uid: identity.uid,
            groups: identity.groups + ["system:authenticated"],
            extra: identity.extra
        )
    }
}
