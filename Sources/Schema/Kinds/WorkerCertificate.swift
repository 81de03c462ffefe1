/// A WorkerCertificate of postern.dev/v1alpha1: a worker's request for its certificates, and the answer. It is not stored.
///
/// Whoever shows a token of `WorkerToken` joins by it; a worker that has joined renews its certificates by it.
package struct WorkerCertificate: Codable, Hashable, Sendable {
    package var apiVersion = WorkerCertificate.apiVersion
    package var kind = WorkerCertificate.kind
    package var spec: Spec
    package var status: Status?

    package struct Spec: Codable, Hashable, Sendable {
        package var workerName: String
        /// A PKCS#10 request as PEM; its subject is not looked at.
        package var request: String
        /// Names and addresses under which the worker is reached; only looked at when it joins.
        package var hosts: [String]?

        package init(workerName: String, request: String, hosts: [String]? = nil) {
            self.workerName = workerName
            self.request = request
            self.hosts = hosts
        }
    }

    package struct Status: Codable, Hashable, Sendable {
        /// For the API, as PEM.
        package var clientCertificate: String
        /// For those who ask the worker, as PEM.
        package var servingCertificate: String
        /// The names and addresses in it.
        package var hosts: [String]
        /// RFC 3339. The client certificate ends then.
        package var expirationTime: String

        package init(clientCertificate: String, servingCertificate: String, hosts: [String], expirationTime: String) {
            self.clientCertificate = clientCertificate
            self.servingCertificate = servingCertificate
            self.hosts = hosts
            self.expirationTime = expirationTime
        }
    }

    package init(spec: Spec, status: Status? = nil) {
        self.spec = spec
        self.status = status
    }

    package static let apiVersion = "postern.dev/v1alpha1"
    package static let kind = "WorkerCertificate"
    package static let plural = "workercertificates"
}

extension WorkerCertificate {
    /// Why a worker gets no certificates.
    package enum Refusal: Error, Hashable, Sendable, CustomStringConvertible {
        case invalid([FieldIssue])
        /// Only a worker itself, and whoever shows a token, may ask.
        case notAWorker
        case anotherWorker(String)
        case tokenForAnother(String)
        case tokenSpent(joins: Int64)
        case nameTaken(String)
        /// The controller runs a worker of this name itself.
        case runByController(String)
        case hostsNotAllowed([String])
        /// Others changed the same objects at the same time, again and again.
        case busy

        package var description: String {
            switch self {
            case .invalid(let issues): issues.map(\.description).joined(separator: ", ")
            case .notAWorker: "only workers and holders of a worker token may ask for a worker's certificates"
            case .anotherWorker(let name): "a worker may renew its own certificates only, and it is \"\(name)\""
            case .tokenForAnother(let name): "the token is for the worker \"\(name)\" only"
            case .tokenSpent(let joins):
                "the token was good for \(joins == 1 ? "one worker" : "\(joins) workers"), and has been used: make another (ctl worker token)"
            case .nameTaken(let name):
                "a worker \"\(name)\" has joined before: choose another --name, or make a token for it that replaces it (ctl worker token "
                    + "--name \(name)), or remove it first (ctl worker remove \(name))"
            case .runByController(let name): "the controller runs the worker \"\(name)\" itself: choose another --name"
            case .hostsNotAllowed(let hosts):
                "the token does not allow certificates for \(hosts.joined(separator: ", ")): make one that does (ctl worker token --host …)"
            case .busy: "others write the same objects at the same time; try again"
            }
        }
    }
}
