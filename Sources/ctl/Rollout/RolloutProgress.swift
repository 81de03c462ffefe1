import JSON

/// What is printed while a roll-out goes on: a table that is drawn anew on a terminal, a line per change elsewhere.
struct RolloutProgress {
    private let style: TextStyle
    private let redraws: Bool
    private var shown: RolloutView?
    /// With the time left; on a terminal only.
    private var shownHeadline = ""
    private var drawnLines = 0

    init(style: TextStyle, redraws: Bool) {
        self.style = style
        self.redraws = redraws
    }

    /// The text to write for a new look; empty when there is nothing new.
    ///
    /// - Parameter now: seconds since 1970.
    mutating func update(_ view: RolloutView, now: Int64) -> String {
        let headline = headline(view, now: redraws ? now : nil)
        guard view != shown || (redraws && headline != shownHeadline) else { return "" }
        defer { (shown, shownHeadline) = (view, headline) }
        return redraws ? redrawn(view, headline) : appended(view, headline)
    }

    private mutating func redrawn(_ view: RolloutView, _ headline: String) -> String {
        // Up to the first line of the last drawing, then clear to the end of the screen.
        let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\u{1B}[J" : ""
        let text = view.table(style: style).text() + "\(headline)\n"
        drawnLines = text.count { $0 == "\n" }
        return up + text
    }

    private func appended(_ view: RolloutView, _ headline: String) -> String {
        var text = ""
        for worker in view.workers where worker != shown?.workers.first(where: { $0.name == worker.name }) {
            text += Self.line(worker) + "\n"
        }
        if shown == nil || headline != shownHeadline || view.phase != shown?.phase { text += "\(headline)\n" }
        return text
    }

    private static func line(_ worker: RolloutView.Worker) -> String {
        var text = "\(worker.name): revision \(worker.revision)"
        if worker.target != 0 { text += ", on its way to \(worker.target)" }
        text += worker.isReady ? ", ready" : ", not ready"
        return worker.message.isEmpty ? text : "\(text): \(worker.message)"
    }

    /// - Parameter now: to tell the time left; nil: the time of the end is told.
    private func headline(_ view: RolloutView, now: Int64?) -> String {
        switch view.phase {
        case .notSeen: style.waiting("waiting for the controller to look at the configuration")
        case .progressing:
            style.waiting(Self.summary(view) + Self.reason(view.waiting, now: now))
        case .paused(let message): style.waiting(message)
        case .done: style.good("rolled out: \(view.summary)" + (view.confirmation.map { "; \($0)" } ?? ""))
        case .failed(let reason): style.bad("revision \(view.latest) failed: \(reason)")
        case .refused(let reason): style.bad("not rolled out: \(reason)")
        }
    }

    private static func summary(_ view: RolloutView) -> String {
        guard view.workers.isEmpty else { return view.summary }
        return view.areAllDrained
            ? "all workers are taken out of service (ctl worker resume)" : "there are no workers yet"
    }

    private static func reason(_ waiting: RolloutView.Waiting?, now: Int64?) -> String {
        guard let waiting else { return "" }
        guard let deadline = waiting.deadline else { return "; \(waiting.reason)" }
        guard let now else { return "; \(waiting.reason), until \(Timestamp.text(of: deadline))" }
        return "; \(waiting.reason), \(Age.text(of: deadline - now)) left"
    }
}
