import Authenticator
import Resolve
import Schema
import Snapshot

/// Tries a configuration on its providers before any worker sees it.
struct Preflight: Sendable {
    /// What the providers answered.
    struct Report: Sendable, Hashable {
        /// The content with the keys that were found.
        var content: WorkerSnapshot
        var problems: [ConfigurationProblem] = []
        /// Sentences about what works but will not for long.
        var warnings: [String] = []
        /// A provider did not answer, and keys of an earlier revision go along.
        var usesKnownKeys = false
    }

    let providers: any ProviderSource
    /// Whether the keys of an earlier revision will do when a provider does not answer that is asked in another way now. One that is
    /// asked as it was then was proven then: that it is down holds up no change, and no undoing of one.
    var proceedsWithKnownKeys = false
    /// The keys are what this is about: only the provider's answer will do, unless the policy says otherwise.
    var wantsFreshKeys = false

    var assertions = AssertionCheck()
    var probeTokens = ProbeTokenCheck()
    /// Whether the kinds of tokens that people log in with keep a configuration back that takes none of them.
    var refusesLockOut = true

    init(
        providers: any ProviderSource,
        proceedsWithKnownKeys: Bool = false,
        wantsFreshKeys: Bool = false,
        assertions: AssertionCheck = AssertionCheck(),
        probeTokens: ProbeTokenCheck = ProbeTokenCheck(),
        refusesLockOut: Bool = true
    ) {
        self.providers = providers
        self.proceedsWithKnownKeys = proceedsWithKnownKeys
        self.wantsFreshKeys = wantsFreshKeys
        self.assertions = assertions
        self.probeTokens = probeTokens
        self.refusesLockOut = refusesLockOut
    }

    /// Asks all providers at once; the source bounds how long each may take. Whose keys the configuration itself holds is not asked.
    ///
    /// - Parameters:
    ///   - earlier: the content of the revisions there are, newest first; read only when a provider does not answer.
    ///   - impact: what the content changes for people who logged in lately.
    ///   - now: seconds since 1970.
    func run(
        _ content: WorkerSnapshot,
        earlier: () -> [WorkerSnapshot],
        impact: IdentityImpact? = nil,
        now: Int64
    ) async -> Report {
        var report = Report(content: content)
        let answers = await withTaskGroup { group in
            for (index, issuer) in content.issuers.enumerated() where issuer.staticKeys == nil {
                group.addTask { (index, await ask(issuer)) }
            }
            var answers: [(Int, Result<ProviderMaterial, ProviderFailure>)] = []
            for await answer in group { answers.append(answer) }
            return answers.sorted { $0.0 < $1.0 }
        }
        let isAnyDown = answers.contains { if case .failure(let failure) = $0.1 { failure.isTemporary } else { false } }
        let known = isAnyDown ? earlier().flatMap(\.issuers) : []
        for (index, answer) in answers {
            judge(answer, of: content.issuers[index], at: index, known: known, now: now, into: &report)
        }
        let asserted = assertions.run(on: content, now: now)
        report.problems += asserted.problems
        report.warnings += asserted.warnings
        let probed = probeTokens.run(on: report.content, now: now)
        report.problems += probed.problems
        report.warnings += probed.warnings
        if let impact { add(impact, of: content, to: &report) }
        return report
    }

    private func add(_ impact: IdentityImpact, of content: WorkerSnapshot, to report: inout Report) {
        report.warnings += impact.sentences
        guard refusesLockOut else { return }
        report.problems += impact.lockedOut(of: content).map { provider in
            let what = "nobody who lately logged in through provider \"\(provider)\" could do so again"
            return ConfigurationProblem(
                message: what,
                advice: "\(what): \(impact.reason(of: provider)); correct it, or set spec.loginGate.maximumDropPercent of "
                    + "RolloutPolicy/cluster to 100 if this is meant"
            )
        }
    }

    private func ask(_ issuer: Issuer) async -> Result<ProviderMaterial, ProviderFailure> {
        do {
            return .success(try await providers.fetch(issuer, last: nil))
        } catch {
            return .failure(error)
        }
    }

    private func judge(
        _ answer: Result<ProviderMaterial, ProviderFailure>,
        of issuer: Issuer,
        at index: Int,
        known: [Issuer],
        now: Int64,
        into report: inout Report
    ) {
        switch answer {
        case .failure(let failure):
            if failure.isTemporary, let seed = seed(for: issuer, among: known) {
                report.content.issuers[index].seed = seed
                report.usesKnownKeys = true
                report.warnings.append("\(failure.advice(for: issuer)); the keys that were read of it before are used")
            } else {
                report.problems.append(problem(failure, issuer))
            }
        case .success(let material):
            if let problem = keyProblem(material, issuer) {
                report.problems.append(problem)
                return
            }
            report.content.issuers[index].seed = KeySeed(jwks: material.jwks, fetchedAt: now)
            if let host = material.foreignKeyHost {
                report.warnings.append(
                    "provider \"\(issuer.name)\" has its keys on another host, \(host); make sure that this is meant"
                )
            }
            if let warning = material.expiryWarning(of: issuer, now: now) { report.warnings.append(warning) }
        }
    }

    /// The newest keys that are known of a provider that does not answer, where they will do.
    private func seed(for issuer: Issuer, among known: [Issuer]) -> KeySeed? {
        guard proceedsWithKnownKeys || !wantsFreshKeys else { return nil }
        return known.first { other in
            other.seed != nil && other.issuerURL.utf8.elementsEqual(issuer.issuerURL.utf8)
                && (proceedsWithKnownKeys || issuer.isAsked(as: other))
        }?.seed
    }

    /// The provider answers, but no token of it could ever be verified.
    private func keyProblem(_ material: ProviderMaterial, _ issuer: Issuer) -> ConfigurationProblem? {
        let url = issuer.issuerURL
        let keys: KeySet
        do {
            keys = try KeySet.parse(material.jwks)
        } catch {
            return problem(.malformed(url: url, "\(error)"), issuer)
        }
        guard keys.isUsable else { return problem(.noUsableKey(url: url), issuer) }
        let offered = material.signingAlgorithms
        guard offered.isEmpty || offered.contains(where: { SignatureAlgorithm(rawValue: $0) != nil }) else {
            return ConfigurationProblem(
                message:
                    "provider \"\(issuer.name)\" signs with \(offered.joined(separator: ", ")), none of which can be verified",
                advice:
                    "provider \"\(issuer.name)\" signs tokens with \(offered.joined(separator: ", ")); configure one of RS256, "
                    + "PS256, ES256 or EdDSA there",
                isTemporary: true
            )
        }
        return nil
    }

    private func problem(_ failure: ProviderFailure, _ issuer: Issuer) -> ConfigurationProblem {
        let trust = issuer.certificateAuthority == nil ? "using the system CAs" : "using the specified CA cert"
        return ConfigurationProblem(
            message: "could not validate IDP URL \(trust): \(failure.operatorText)",
            advice: failure.advice(for: issuer),
            // Whatever a provider answers wrongly today, it may answer rightly tomorrow.
            isTemporary: true
        )
    }
}

extension Issuer {
    /// At the same place, and with the same trust.
    fileprivate func isAsked(as other: Issuer) -> Bool {
        let (own, others) = ([discoveryURL, certificateAuthority], [other.discoveryURL, other.certificateAuthority])
        return zip(own, others).allSatisfy { $0.map { Array($0.utf8) } == $1.map { Array($0.utf8) } }
    }
}

extension ProviderMaterial {
    /// How long before its end a provider's certificate is warned about: two weeks.
    private static let expiryNotice: Int64 = 14 * 86_400

    /// That the provider's certificate ends soon; nil: it does not, or nobody knows.
    func expiryWarning(of issuer: Issuer, now: Int64) -> String? {
        guard let certificateExpiry, certificateExpiry - now < Self.expiryNotice else { return nil }
        let days = max(0, (certificateExpiry - now) / 86_400)
        return "the certificate of provider \"\(issuer.name)\" ends in \(days) day\(days == 1 ? "" : "s"); renew it"
    }
}

extension ProviderFailure {
    /// Waiting alone may help, and the keys from before are still good.
    fileprivate var isTemporary: Bool {
        switch self {
        case .unreachable, .unexpectedStatus, .redirected: true
        case .untrusted, .tooLarge, .malformed, .issuerMismatch, .noUsableKey: false
        }
    }

    fileprivate var operatorText: String {
        switch self {
        case .unreachable(let url, let reason): "persistent well-known GET error: Get \"\(url)\": \(reason)"
        case .untrusted(let url, let reason): "persistent well-known GET error: Get \"\(url)\": \(reason)"
        case .unexpectedStatus(let url, let status): "unexpected well-known status code \(status): \(url)"
        case .redirected(let url, let status, let target):
            "unexpected well-known status code \(status): \(url) points to \(target)"
        case .tooLarge, .malformed: description
        case .issuerMismatch(let expected, let found): "issuer did not match: expected \"\(expected)\" got \"\(found)\""
        case .noUsableKey(let url): "no usable key at \(url)"
        }
    }
}
