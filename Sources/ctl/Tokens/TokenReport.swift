import Authenticator
import Foundation
import JSON
import Snapshot

/// An explanation as `ctl token explain` shows it: for people, and as a document.
struct TokenReport {
    let explanation: TokenExplanation
    /// What it was judged by.
    let configuration: String
    let mode: WorkerSnapshot.Mode
    let worker: WorkerVerdict?
    let notes: [String]

    enum Verdict: String {
        case accepted, refused, undecided
    }

    /// A worker that was asked has the last word.
    var verdict: Verdict { worker?.answer.verdict ?? ownVerdict }

    private var ownVerdict: Verdict {
        switch explanation.decision {
        case .authenticated: .accepted
        case .refused, .notMine: .refused
        case .unknowable: .undecided
        }
    }

    // MARK: For people

    func text(_ style: TextStyle) -> String {
        var blocks: [String] = [heading(style)]
        blocks += allNotes.map { Self.line("Note", $0) }
        if let header = explanation.header { blocks.append(Self.line("Header", PrintableText.of(JSONWriter.text(of: header)))) }
        if !explanation.checks.isEmpty { blocks.append("\n" + checks(style)) }
        if let user { blocks.append("\n" + identity(user)) }
        if !explanation.otherProviders.isEmpty {
            let names = explanation.otherProviders.joined(separator: ", ")
            blocks.append("\n" + Self.line("Others", "\(names) would accept this token, if its iss named that provider"))
        }
        if !advice.isEmpty {
            blocks.append("\nWhat to do:\n" + advice.map { "  - \($0)\n" }.joined())
        }
        return blocks.joined()
    }

    private func heading(_ style: TextStyle) -> String {
        let words =
            switch explanation.decision {
            case .authenticated: style.good("accepted")
            case .refused(let refusal), .notMine(let refusal): style.bad("refused") + ": \(refusal)"
            case .unknowable(let refusal): style.waiting("cannot be decided now") + ": \(refusal)"
            }
        var text = worker.map { Self.line("Worker", self.words($0, style)) } ?? ""
        text += Self.line("Token", words) + Self.line("By", "\(configuration), type \(mode.rawValue)")
        if let provider = explanation.provider { text += Self.line("Provider", provider) }
        if let keyID = explanation.keyID { text += Self.line("Key", PrintableText.of(keyID)) }
        return text
    }

    private func words(_ worker: WorkerVerdict, _ style: TextStyle) -> String {
        switch worker.answer {
        case .accepted(let username): "\(worker.worker): \(style.good("accepted")) as \(PrintableText.of(username))"
        case .refused(let error): "\(worker.worker): \(style.bad("refused")): \(PrintableText.of(error))"
        case .undecided(let why): "\(worker.worker): \(style.waiting("cannot be decided now")): \(PrintableText.of(why))"
        }
    }

    /// There is nothing to do about a token that a worker takes, whatever could not be said here; and where a worker has to be asked, that
    /// is what to do.
    private var advice: [String] { verdict == .accepted || dependsOnOthers ? [] : explanation.advice }

    /// Nobody was asked who could say.
    private var dependsOnOthers: Bool {
        let reason = explanation.decision.refusal?.reason
        return worker == nil && (reason == .claimsSourceUnavailable || reason == .webhookUnavailable)
    }

    private var allNotes: [String] {
        guard let worker else { return dependsOnOthers ? notes + [Self.askAWorker] : notes }
        let verdict = worker.answer.verdict
        guard verdict != .undecided, verdict != ownVerdict else { return notes }
        return notes + [
            "\(worker.worker) decides otherwise than the checks below: it holds keys of its own and asks external sources; "
                + "its answer counts"
        ]
    }

    private static let askAWorker = """
        it depends on an answer from elsewhere, and this command sends a token to nobody; with --worker NAME a worker asks for it, by the \
        configuration that it runs
        """

    /// Of an opaque token there is nothing to look into, only whom it is known to belong to.
    private var user: User? {
        if let user = explanation.user { return User(user.username, user.uid, user.groups, user.extra) }
        return explanation.decision.identity.map { User($0.username, $0.uid, $0.groups, $0.extra) }
    }

    private struct User {
        let username: String
        let uid: String
        let groups: [String]
        let extra: [String: [String]]

        init(_ username: String, _ uid: String, _ groups: [String], _ extra: [String: [String]]) {
            (self.username, self.uid, self.groups, self.extra) = (username, uid, groups, extra)
        }
    }

    private static func line(_ name: String, _ value: String) -> String {
        (name + ":").padding(toLength: 11, withPad: " ", startingAt: 0) + value + "\n"
    }

    private func checks(_ style: TextStyle) -> String {
        // The last column is the only one with colours, as they would be counted as width.
        let rows = explanation.checks.map { check in
            let verdict =
                switch check.verdict {
                case .passed: style.good("ok")
                case .failed(let refusal): style.bad("failed") + ": \(refusal)"
                case .skipped(let why): style.waiting("skipped") + ": \(why)"
                }
            return [check.name, Self.short(PrintableText.of(Self.found(by: check))), verdict]
        }
        return TextTable(header: ["CHECK", "FOUND", "VERDICT"], rows: rows).text()
    }

    /// Times as people read them, beside the number that the token has.
    private static func found(by check: TokenExplanation.Check) -> String {
        guard ["exp", "nbf", "iat"].contains(check.name), let seconds = Int64(check.value),
            (0..<Self.endOfYear9999).contains(seconds)
        else { return check.value }
        return "\(seconds) (\(Timestamp.text(of: seconds)))"
    }

    private static let endOfYear9999: Int64 = 253_402_300_800

    private static func short(_ value: String) -> String { value.count > 60 ? value.prefix(57) + "..." : value }

    /// Names come from the token, which nobody vouches for when it is refused.
    private func identity(_ user: User) -> String {
        let shown = { (names: [String]) in PrintableText.of(names.joined(separator: ", ")) }
        var text =
            "\(ownVerdict == .accepted ? "Mapped user" : "The user it would be"):\n  username: \(shown([user.username]))\n"
        if !user.uid.isEmpty { text += "  uid:      \(shown([user.uid]))\n" }
        if !user.groups.isEmpty { text += "  groups:   \(shown(user.groups))\n" }
        for (key, values) in user.extra.sorted(by: { $0.key < $1.key }) {
            text += "  extra:    \(key)=\(shown(values))\n"
        }
        return text
    }

    // MARK: As a document

    var document: JSONValue {
        var document: JSONValue = [
            "configuration": .string(configuration), "type": .string(mode.rawValue), "verdict": .string(verdict.rawValue),
            "checks": .array(explanation.checks.map(Self.document)),
            "otherProviders": .array(explanation.otherProviders.map(JSONValue.string)),
            "advice": .array(advice.map(JSONValue.string)), "notes": .array(allNotes.map(JSONValue.string)),
        ]
        if let refusal = explanation.decision.refusal {
            document["reason"] = .string(refusal.code)
            document["detail"] = .string(refusal.detail)
        }
        document["header"] = explanation.header
        document["claims"] = explanation.claims
        document["provider"] = explanation.provider.map(JSONValue.string)
        document["keyID"] = explanation.keyID.map(JSONValue.string)
        document["user"] = user.map(Self.document)
        document["worker"] = worker.map(Self.document)
        return document
    }

    private static func document(_ check: TokenExplanation.Check) -> JSONValue {
        var document: JSONValue = ["name": .string(check.name), "value": .string(check.value)]
        switch check.verdict {
        case .passed: document["verdict"] = "passed"
        case .failed(let refusal):
            document["verdict"] = "failed"
            document["reason"] = .string(refusal.code)
            document["detail"] = .string(refusal.detail)
        case .skipped(let why):
            document["verdict"] = "skipped"
            document["detail"] = .string(why)
        }
        return document
    }

    private static func document(_ worker: WorkerVerdict) -> JSONValue {
        var document: JSONValue = ["name": .string(worker.worker), "verdict": .string(worker.answer.verdict.rawValue)]
        switch worker.answer {
        case .accepted(let username): document["username"] = .string(username)
        case .refused(let error), .undecided(let error): document["error"] = .string(error)
        }
        return document
    }

    private static func document(_ user: User) -> JSONValue {
        [
            "username": .string(user.username), "uid": .string(user.uid),
            "groups": .array(user.groups.map(JSONValue.string)),
            "extra": .object(JSONObject(user.extra.map { ($0.key, .array($0.value.map(JSONValue.string))) })),
        ]
    }
}

extension WorkerVerdict.Answer {
    fileprivate var verdict: TokenReport.Verdict {
        switch self {
        case .accepted: .accepted
        case .refused: .refused
        case .undecided: .undecided
        }
    }
}
