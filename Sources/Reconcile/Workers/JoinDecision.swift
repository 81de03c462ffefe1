import Foundation
import Schema

/// A worker's question for certificates, with what is known of the one who asks.
struct JoinQuestion: Hashable, Sendable {
    enum Asker: Hashable, Sendable {
        /// A worker that shows a certificate of its own, by its serial number.
        case worker(String, serialNumber: String)
        case token(WorkerToken)
    }

    let asker: Asker
    let workerName: String
    /// SHA-256 of the public key, in hex.
    let keyDigest: String
    let hosts: [String]
    /// Where the connection comes from.
    let address: String?
}

/// What a worker's certificates shall say, and what has to be written down before they are handed out.
struct JoinGrant: Hashable, Sendable {
    /// The first is the one that others shall use.
    let hosts: [String]
    /// The join is not in the token's status yet.
    let countsAsJoin: Bool
    /// The certificate that asks counts on beside the new one: the answer may get lost.
    let keeps: Node.Certificate?
}

extension JoinQuestion {
    /// - Parameter node: of this name; nil: there is none.
    func grant(node: Node?) throws(WorkerCertificate.Refusal) -> JoinGrant {
        switch asker {
        case .worker(let name, let serialNumber): try renewal(by: name, serialNumber, node)
        case .token(let token): try join(with: token, node)
        }
    }

    private func renewal(by name: String, _ serialNumber: String, _ node: Node?) throws(WorkerCertificate.Refusal) -> JoinGrant
    {
        guard name.utf8.elementsEqual(workerName.utf8) else { throw .anotherWorker(name) }
        guard let node, let certificates = node.spec?.certificates, !certificates.isEmpty else { throw .runByController(name) }
        return JoinGrant(
            hosts: node.spec?.hosts ?? [],
            countsAsJoin: false,
            keeps: certificates.first { $0.serialNumber.utf8.elementsEqual(serialNumber.utf8) }
        )
    }

    private func join(with token: WorkerToken, _ node: Node?) throws(WorkerCertificate.Refusal) -> JoinGrant {
        try checkFields()
        if let only = token.spec.workerName, !only.utf8.elementsEqual(workerName.utf8) { throw .tokenForAnother(only) }
        guard !isReserved, node?.isRunByController != true else { throw .runByController(workerName) }
        // Whoever replaces a worker may have what it had.
        let former = token.spec.workerName == nil ? [] : node?.spec?.hosts ?? []
        let allowed = (token.spec.hosts ?? []) + former + [address].compactMap { $0 } + Self.local
        let refused = hosts.filter { host in !allowed.contains { $0.lowercased() == host.lowercased() } }
        guard refused.isEmpty else { throw .hostsNotAllowed(refused) }
        let joined = token.status?.joined ?? []
        let hasJoined = joined.contains { $0.workerName == workerName && $0.keyDigest == keyDigest }
        if let node, token.spec.workerName == nil {
            // The same worker once more, which did not get the answer.
            guard hasJoined, node.spec?.certificates?.last?.keyDigest == keyDigest else { throw .nameTaken(workerName) }
        }
        guard hasJoined || joined.count < token.spec.joins else { throw .tokenSpent(joins: token.spec.joins) }
        var granted: [String] = []
        for host in (hosts.isEmpty ? token.spec.hosts ?? [] : hosts) + [address].compactMap({ $0 })
        where !granted.contains(host) { granted.append(host) }
        return JoinGrant(hosts: granted, countsAsJoin: !hasJoined, keeps: nil)
    }

    // MARK: - Names

    private static let local = ["localhost", "127.0.0.1", "::1"]

    /// Workers that the controller runs, or will run when it is started with more of them.
    private var isReserved: Bool { workerName.wholeMatch(of: /worker-[0-9]+/) != nil }

    /// A name without wildcards, or an address without brackets.
    private static func isHost(_ text: String) -> Bool {
        guard (1...253).contains(text.utf8.count) else { return false }
        return text.wholeMatch(of: /[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?/) != nil
            || (text.contains(":") && text.wholeMatch(of: /[0-9A-Fa-f:.]+/) != nil)
    }

    private func checkFields() throws(WorkerCertificate.Refusal) {
        var issues: [FieldIssue] = []
        let isName = workerName.utf8.count <= 63 && workerName.wholeMatch(of: /[a-z0-9]([-a-z0-9.]*[a-z0-9])?/) != nil
        if !isName {
            let rule = "must be a name of at most 63 lower-case letters, digits, hyphens and dots"
            issues.append(
                FieldIssue(
                    path: .root["spec"]["workerName"],
                    reason: .invalid,
                    message: "Invalid value: \"\(workerName)\": \(rule)"
                )
            )
        }
        for (index, host) in hosts.enumerated() where !Self.isHost(host) {
            issues.append(
                FieldIssue(
                    path: .root["spec"]["hosts"][index],
                    reason: .invalid,
                    message: "Invalid value: \"\(host)\": must be a name without wildcards, or an address without brackets"
                )
            )
        }
        if hosts.count > 16 {
            issues.append(
                FieldIssue(
                    path: .root["spec"]["hosts"],
                    reason: .tooMany,
                    message: "Too many: \(hosts.count): must have at most 16 items"
                )
            )
        }
        guard issues.isEmpty else { throw .invalid(issues) }
    }
}
