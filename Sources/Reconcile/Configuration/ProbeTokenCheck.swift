import Authenticator
import Resolve
import Schema
import Snapshot

/// Tries the tokens of `RolloutPolicy.spec.probeTokens` on a configuration that no worker has yet, with the keys that its providers have now.
struct ProbeTokenCheck: Sendable {
    /// A probe token with what its secret holds.
    struct Probe: Sendable {
        enum Content: Sendable {
            case token(TokenSample)
            /// Why there is none: a sentence without a full stop, with the path of the field.
            case missing(String)
        }

        let token: RolloutPolicy.ProbeToken
        let content: Content
    }

    struct Findings {
        var problems: [ConfigurationProblem] = []
        var warnings: [String] = []
    }

    var probes: [Probe] = []
    /// What people log in through now; nil: nothing yet.
    var inForce: WorkerSnapshot?
    /// Whether a required one may keep the configuration back; otherwise all is only told.
    var holdsBack = true

    /// Everything that is not as it must be, and who the tokens belong to.
    ///
    /// - Parameters:
    ///   - content: with the keys of its providers.
    ///   - now: seconds since 1970.
    func run(on content: WorkerSnapshot, now: Int64) -> Findings {
        var findings = Findings()
        guard content.mode == .oidc, !probes.isEmpty else { return findings }
        let compiled: CompiledSnapshot
        do throws(SnapshotProblem) {
            compiled = try CompiledSnapshot.compile(content)
        } catch {
            findings.problems.append(problem("probe tokens cannot be judged by the configuration: \(error)", "correct it"))
            return findings
        }
        let before = compiledInForce
        let keys = content.keySets
        let earlierKeys = inForce?.keySets ?? [:]
        for probe in probes {
            switch probe.content {
            case .missing(let why):
                add(probe, why, "create it with a token as its key \(RolloutPolicy.ProbeToken.key)", to: &findings)
            case .token(let sample):
                let outcome = sample.outcome(in: compiled, keys: { keys[Array($0.utf8)] }, now: now)
                let earlier = before.map { before in
                    // A key that the provider has now is what the workers have soon, whatever they began with.
                    sample.outcome(in: before, keys: { keys[Array($0.utf8)] ?? earlierKeys[Array($0.utf8)] }, now: now)
                }
                judge(probe, outcome, earlier, into: &findings)
            }
        }
        return findings
    }

    /// What runs was compiled before; where it cannot be any more, there is nothing to compare with.
    private var compiledInForce: CompiledSnapshot? {
        guard let inForce, inForce.mode == .oidc else { return nil }
        return try? CompiledSnapshot.compile(inForce)
    }

    private func judge(
        _ probe: Probe,
        _ outcome: TokenSample.Outcome,
        _ earlier: TokenSample.Outcome?,
        into findings: inout Findings
    ) {
        let name = "probe token \"\(probe.token.name)\""
        switch outcome {
        case .undecided(let why): findings.warnings.append("\(name) was not tried: \(why)")
        case .refused(let refusal, let advice):
            let right = advice.hasSuffix(".") ? String(advice.dropLast()) : advice
            add(
                probe,
                "\(name) would be refused (\(refusal.description))",
                "\(right); if the token is no good any more, put another one into secret \(place(of: probe))",
                to: &findings
            )
        case .user(let user):
            let expected = ExpectedUser(username: probe.token.username, groups: probe.token.groups)
            let differences = expected.differences(from: user)
            for difference in differences {
                add(
                    probe,
                    "\(name) \(difference)",
                    "correct the claim mappings, or spec.probeTokens of RolloutPolicy/cluster",
                    to: &findings
                )
            }
            if differences.isEmpty { findings.warnings += changes(name, user, earlier) }
        }
    }

    /// What becomes of the user, compared with the configuration that runs.
    private func changes(_ name: String, _ user: TokenExplanation.User, _ earlier: TokenSample.Outcome?) -> [String] {
        guard case .user(let old) = earlier else {
            let note = if case .refused(let refusal, _) = earlier { ", and is refused now (\(refusal.code))" } else { "" }
            return ["\(name) would be accepted as \"\(user.username)\"\(note)"]
        }
        var changes: [String] = []
        if !old.username.utf8.elementsEqual(user.username.utf8) {
            changes.append("\(name) would be renamed: \"\(old.username)\" becomes \"\(user.username)\"")
        }
        let (lost, gained) = (names(in: old.groups, butNotIn: user.groups), names(in: user.groups, butNotIn: old.groups))
        if !lost.isEmpty { changes.append("\(name) would lose the groups \(ExpectedUser.list(lost))") }
        if !gained.isEmpty { changes.append("\(name) would gain the groups \(ExpectedUser.list(gained))") }
        return changes.isEmpty ? ["\(name) is accepted as \"\(user.username)\", as before"] : changes
    }

    private func names(in some: [String], butNotIn others: [String]) -> [String] {
        let known = Set(others.map { Array($0.utf8) })
        return some.filter { !known.contains(Array($0.utf8)) }
    }

    private func place(of probe: Probe) -> String { "\(ObjectID.configNamespace)/\(probe.token.secret.name)" }

    /// A problem of a required one, a warning of another.
    private func add(_ probe: Probe, _ what: String, _ remedy: String, to findings: inout Findings) {
        if holdsBack, probe.token.required ?? true {
            findings.problems.append(problem(what, remedy))
        } else {
            findings.warnings.append("\(what); \(remedy)")
        }
    }

    private func problem(_ what: String, _ remedy: String) -> ConfigurationProblem {
        ConfigurationProblem(message: what, advice: "\(what); \(remedy)")
    }
}

extension ProbeTokenCheck.Probe {
    /// - Parameters:
    ///   - index: its place in `spec.probeTokens`.
    ///   - secret: the secret that it names; nil: there is none.
    init(_ token: RolloutPolicy.ProbeToken, at index: Int, secret: TokenSecret?) {
        self.token = token
        let place = "secret \(ObjectID.configNamespace)/\(token.secret.name)"
        let field = "named in spec.probeTokens[\(index)].secret.name of RolloutPolicy/cluster"
        guard let secret else {
            content = .missing("\(place), \(field), does not exist")
            return
        }
        guard let text = secret.text else {
            content = .missing("\(place), \(field), has no text as its key \(RolloutPolicy.ProbeToken.key)")
            return
        }
        content = .token(TokenSample(text))
    }
}

extension WorkerSnapshot {
    /// The keys that come with it, by the bytes of the issuers' URLs. What is no key set is none; whoever is asked for it says so.
    fileprivate var keySets: [[UInt8]: KeySet] {
        let sets = issuers.compactMap { issuer -> ([UInt8], KeySet)? in
            guard let text = issuer.staticKeys ?? issuer.seed?.jwks, let set = try? KeySet.parse(text) else { return nil }
            return (Array(issuer.issuerURL.utf8), set)
        }
        return Dictionary(sets) { first, _ in first }
    }
}
