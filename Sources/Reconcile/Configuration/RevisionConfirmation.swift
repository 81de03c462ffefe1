import JSON
import Schema

/// A revision that is undone by itself unless somebody confirms it in time, with a login that worked through it.
///
/// The author asks for it by an annotation of the `Authentication`; what was asked stands on the revision, so it survives the controller.
struct RevisionConfirmation: Hashable {
    enum State: Hashable {
        case pending
        /// Somebody has confirmed it, and people have logged in.
        case granted
        case overdue
    }

    let revision: Int64
    /// Until when, in seconds since 1970.
    let deadline: Int64
    /// The revision whose configuration comes back.
    let revertTo: Int64
    /// Who has confirmed it; nil: nobody yet.
    let confirmedBy: String?
    /// In mode None nobody can log in by a token.
    let needsLogin: Bool

    /// nil for a revision that needs no confirmation, or has it.
    init?(of object: JSONValue) {
        let annotations = object.value(at: "metadata", "annotations")
        guard let deadline = annotations?[ConfirmationAnnotation.confirmBy]?.stringValue.flatMap(Timestamp.seconds),
            let revertTo = annotations?[ConfirmationAnnotation.revertTo]?.stringValue.flatMap({ Int64($0) }),
            annotations?[ConfirmationAnnotation.confirmedAt] == nil,
            let revision = object.value(at: "spec", "revision")?.integerValue
        else { return nil }
        (self.revision, self.deadline, self.revertTo) = (revision, deadline, revertTo)
        confirmedBy = annotations?[ConfirmationAnnotation.confirmedBy]?.stringValue
        needsLogin = object.value(at: "spec", "mode")?.stringValue != "None"
    }

    /// What a new revision says of it: nothing unless its author asks for it anew.
    ///
    /// - Parameters:
    ///   - request: the annotation of the `Authentication`: seconds, a space, and a word that tells requests apart.
    ///   - spent: what the annotation was for earlier changes.
    ///   - good: the last good revision; 0: there is none to come back to.
    static func annotations(for request: String?, spent: [String?], good: Int64, now: Int64) -> [String: String] {
        guard let request else { return [:] }
        var annotations = [ConfirmationAnnotation.confirmWithin: request]
        guard !spent.contains(request), good > 0, let seconds = request.split(separator: " ").first.flatMap({ Int64($0) })
        else {
            return annotations
        }
        let limited = min(max(seconds, ConfirmationAnnotation.seconds.lowerBound), ConfirmationAnnotation.seconds.upperBound)
        annotations[ConfirmationAnnotation.confirmBy] = Timestamp.text(of: now + limited)
        annotations[ConfirmationAnnotation.revertTo] = "\(good)"
        return annotations
    }

    /// As they stand on a revision.
    var annotations: [String: String] {
        [ConfirmationAnnotation.confirmBy: Timestamp.text(of: deadline), ConfirmationAnnotation.revertTo: "\(revertTo)"]
    }

    /// - Parameter nodes: what the workers say of logins.
    func state(nodes: [WorkerNode], now: Int64) -> State {
        let hasLogin = nodes.contains { $0.hasLogin(at: revision) }
        if confirmedBy != nil, hasLogin || !needsLogin { return .granted }
        return now < deadline ? .pending : .overdue
    }

    /// For people, without a full stop.
    var sentence: String {
        let time = Timestamp.text(of: deadline)
        let rest = "or the configuration of revision \(revertTo) comes back at \(time)"
        if let confirmedBy {
            return "\(confirmedBy) has confirmed revision \(revision), and somebody has to log in through it, \(rest)"
        }
        return "revision \(revision) has to be confirmed (ctl rollout confirm)"
            + (needsLogin ? ", and somebody has to log in through it, \(rest)" : ", \(rest)")
    }
}
