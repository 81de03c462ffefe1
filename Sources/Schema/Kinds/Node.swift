package import JSON

/// A Node of v1: one authenticator worker, and what it says of itself.
package struct Node: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec?
    package var status: Status?

    package init(metadata: ObjectMeta, spec: Spec? = nil, status: Status? = nil) {
        self.metadata = metadata
        self.spec = spec
        self.status = status
    }

    /// The label that tells who runs the worker.
    package static let runBy = "postern.dev/run-by"
    /// Its value for workers that the controller runs itself.
    package static let controller = "controller"

    package var isRunByController: Bool { metadata.labels?[Self.runBy] == Self.controller }

    package struct Spec: Codable, Hashable, Sendable {
        /// Leaves the worker out of roll-outs.
        package var unschedulable: Bool?
        /// Those that the API takes, the newest last; nil: every one with the worker's name.
        package var certificates: [Certificate]?
        /// Of its serving certificate.
        package var hosts: [String]?

        package init() {}
    }

    /// A client certificate of a worker that joined from another host.
    package struct Certificate: Codable, Hashable, Sendable {
        /// In hex, without leading zeros.
        package var serialNumber: String
        /// SHA-256 of the public key, in hex.
        package var keyDigest: String?
        /// RFC 3339.
        package var expirationTime: String?

        package init(serialNumber: String, keyDigest: String, expirationTime: String) {
            self.serialNumber = serialNumber
            self.keyDigest = keyDigest
            self.expirationTime = expirationTime
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        package var addresses: [Address]?
        package var daemonEndpoints: DaemonEndpoints?
        package var conditions: [NodeCondition]?
        package var authentication: AuthenticationStatus?

        package init() {}

        package var ready: NodeCondition? { conditions?.first { $0.type == "Ready" } }
    }

    package struct Address: Codable, Hashable, Sendable {
        /// `Hostname` or `InternalIP`.
        package var type: String
        package var address: String

        package init(type: String, address: String) {
            self.type = type
            self.address = address
        }
    }

    package struct DaemonEndpoints: Codable, Hashable, Sendable {
        package var kubeletEndpoint: Endpoint?

        package init(port: Int) { kubeletEndpoint = Endpoint(port: port) }

        package struct Endpoint: Codable, Hashable, Sendable {
            package var port: Int

            private enum CodingKeys: String, CodingKey { case port = "Port" }
        }
    }

    /// A condition with a heartbeat.
    package struct NodeCondition: Codable, Hashable, Sendable {
        package var type: String
        package var status: Condition.Status
        package var reason: String?
        package var message: String?
        /// RFC 3339.
        package var lastHeartbeatTime: String?
        package var lastTransitionTime: String?

        package init(
            type: String,
            status: Condition.Status,
            reason: String,
            message: String,
            lastHeartbeatTime: String? = nil,
            lastTransitionTime: String? = nil
        ) {
            self.type = type
            self.status = status
            self.reason = reason
            self.message = message
            self.lastHeartbeatTime = lastHeartbeatTime
            self.lastTransitionTime = lastTransitionTime
        }
    }

    /// `status.authentication`: the worker's revision, its providers and what it has judged.
    package struct AuthenticationStatus: Codable, Hashable, Sendable {
        /// 0 or nil: none.
        package var revision: Int64?
        /// The `targetGeneration` of its entry in `nodeStatuses` that it has read last, 0: none; nil: it does not say.
        package var observedTargetGeneration: Int64?
        package var lastGoodRevision: Int64?
        package var failedRevision: Int64?
        package var failureReason: String?
        package var failureMessage: String?
        package var mode: String?
        package var phase: String?
        package var endpoint: String?
        package var pid: Int64?
        package var startedAt: String?
        package var providers: [Provider]?
        /// nil: the worker does not say.
        package var opaqueTokensComplete: Bool?
        /// RFC 3339; since when the revision runs.
        package var judgingSince: String?
        package var logins: [Logins]?
        package var claimShapes: [ClaimShape]?
        package var requests: Requests?

        package init() {}
    }

    package struct Provider: Codable, Hashable, Sendable {
        package var name: String
        package var issuerURL: String?
        package var keys: Int64?
        package var unusableKeys: [String]?
        package var lastFetchTime: String?
        package var lastError: String?

        package init(name: String) { self.name = name }
    }

    /// How the tokens of one provider fared at one revision, within some minutes.
    package struct Logins: Codable, Hashable, Sendable {
        /// Empty: no provider is responsible for them.
        package var provider: String
        package var revision: Int64
        /// The number of seconds that the counts are of.
        package var seconds: Int64?
        package var accepted: Int64?
        package var refused: Int64?
        package var unknowable: Int64?
        /// RFC 3339.
        package var lastAcceptedTime: String?
        package var reasons: [Reason]?

        package init(provider: String, revision: Int64) {
            self.provider = provider
            self.revision = revision
        }

        package struct Reason: Codable, Hashable, Sendable {
            package var reason: String
            package var count: Int64

            package init(reason: String, count: Int64) {
                self.reason = reason
                self.count = count
            }
        }
    }

    /// The claims of tokens that were accepted, without what they say about anybody.
    package struct ClaimShape: Codable, Hashable, Sendable {
        package var provider: String
        package var claims: JSONValue
        package var count: Int64?
        /// RFC 3339.
        package var lastSeenTime: String?

        package init(provider: String, claims: JSONValue) {
            self.provider = provider
            self.claims = claims
        }
    }

    package struct Requests: Codable, Hashable, Sendable {
        package var authenticated: Int64?
        package var refused: Int64?

        package init() {}
    }
}
