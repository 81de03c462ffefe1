import Authenticator
import Client
import JSON

/// What a worker itself says about a token.
struct WorkerVerdict: Hashable, Sendable {
    enum Answer: Hashable, Sendable {
        case accepted(username: String)
        /// The reason's code and the decision's id, as in `status.error`.
        case refused(String)
        /// It cannot know now, or it could not be asked.
        case undecided(String)
    }

    let worker: String
    let answer: Answer

    static func node(_ name: String, _ client: ControllerClient) async throws -> JSONValue {
        guard let node = try await client.find(ResourcePath("v1", "nodes", name: name)) else {
            throw CommandFailure("there is no worker \"\(name)\"; ctl get nodes lists them")
        }
        return node
    }

    /// Sends the token to the worker, with the caller's own certificate.
    static func ask(_ node: JSONValue, about token: String, _ client: ControllerClient) async throws -> WorkerVerdict {
        let name = node.value(at: "metadata", "name")?.stringValue ?? ""
        guard let endpoint = node.value(at: "status", "authentication", "endpoint")?.stringValue else {
            throw CommandFailure("worker \"\(name)\" has not said where it listens; ctl get nodes shows whether it is ready")
        }
        var configuration = client.configuration
        configuration.server = endpoint
        let review: JSONValue = [
            "apiVersion": "authentication.k8s.io/v1", "kind": "TokenReview", "spec": ["token": .string(token)],
        ]
        let answer: Answer
        do {
            let reply = try await ControllerClient.with(configuration) {
                try await $0.create(ResourcePath("authentication.k8s.io/v1", "tokenreviews"), review)
            }
            answer = Answer(reply["status"])
        } catch let failure as TransportFailure {
            answer = .undecided("it could not be asked: \(failure)")
        } catch let failure as APIFailure {
            answer = .undecided("it would not be asked: \(failure.message)")
        }
        return WorkerVerdict(worker: name, answer: answer)
    }
}

extension WorkerVerdict.Answer {
    /// Reads the `status` of a `TokenReview`.
    init(_ status: JSONValue?) {
        if status?["authenticated"]?.boolValue == true {
            self = .accepted(username: status?.value(at: "user", "username")?.stringValue ?? "")
            return
        }
        let error = status?["error"]?.stringValue ?? ""
        let reason = error.split(separator: " ").first.flatMap { Refusal.Reason(rawValue: String($0)) }
        self = reason?.meansCannotKnow == true ? .undecided(error) : .refused(error)
    }
}
