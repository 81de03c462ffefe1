/// What is printed while a roll-out goes on: a table that is drawn anew on a terminal, a line per change elsewhere.
struct RolloutProgress {
    private let style: TextStyle
    private let redraws: Bool
    private var shown: RolloutView?
    private var drawnLines = 0

    init(style: TextStyle, redraws: Bool) {
        self.style = style
        self.redraws = redraws
    }

    /// The text to write for a new look; empty when there is nothing new.
    mutating func update(_ view: RolloutView) -> String {
        guard view != shown else { return "" }
        defer { shown = view }
        return redraws ? redrawn(view) : appended(view)
    }

    private mutating func redrawn(_ view: RolloutView) -> String {
        // Up to the first line of the last drawing, then clear to the end of the screen.
        let up = drawnLines > 0 ? "\u{1B}[\(drawnLines)A\u{1B}[J" : ""
        let text = view.table(style: style).text() + "\(headline(view))\n"
        drawnLines = text.count { $0 == "\n" }
        return up + text
    }

    private func appended(_ view: RolloutView) -> String {
        var text = ""
        for worker in view.workers where worker != shown?.workers.first(where: { $0.name == worker.name }) {
            text += Self.line(worker) + "\n"
        }
        if shown == nil || view.summary != shown?.summary || view.phase != shown?.phase { text += "\(headline(view))\n" }
        return text
    }

    private static func line(_ worker: RolloutView.Worker) -> String {
        var text = "\(worker.name): revision \(worker.revision)"
        if worker.target != 0 { text += ", on its way to \(worker.target)" }
        text += worker.isReady ? ", ready" : ", not ready"
        return worker.message.isEmpty ? text : "\(text): \(worker.message)"
    }

    private func headline(_ view: RolloutView) -> String {
        switch view.phase {
        case .notSeen: style.waiting("waiting for the controller to look at the configuration")
        case .progressing: style.waiting(view.workers.isEmpty ? "there are no workers yet" : view.summary)
        case .paused(let message): style.waiting(message)
        case .done: style.good("rolled out: \(view.summary)")
        case .failed(let reason): style.bad("revision \(view.latest) failed: \(reason)")
        case .refused(let reason): style.bad("not rolled out: \(reason)")
        }
    }
}
