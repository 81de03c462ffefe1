import ArgumentParser
import Client
import Foundation

struct RolloutStatus: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "status",
        abstract: "Shows a roll-out, worker by worker, until it has ended.",
        discussion:
            "Exit code 0: the newest configuration runs everywhere; 1: it failed or was refused; 2: it was not done in time, or the controller was not to be reached."
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup(visibility: .hidden) var object: RolloutObject
    @Option(help: "How long to wait: 30s, 2m; 0 is for ever.")
    var timeout = GoDuration(.seconds(300))
    @Flag(inversion: .prefixedNo, help: "Wait for the end.")
    var wait = true
    @Option(help: ArgumentHelp("As --no-wait.", visibility: .hidden))
    var watch: Bool = true

    func run() async throws {
        let output = Terminal.output
        var progress = RolloutProgress(style: output.style, redraws: output.isInteractive)
        try await connection.withSession { session in
            let clock = ContinuousClock()
            let begin = clock.now
            while true {
                let view = try await look(session.client, until: timeout.duration == .zero ? nil : begin + timeout.duration)
                output.write(progress.update(view, now: Int64(Date().timeIntervalSince1970)))
                switch view.phase {
                case .done: return
                case .failed, .refused: throw CommandFailure("")
                case .notSeen, .progressing, .paused: break
                }
                guard wait, watch else { return }
                guard timeout.duration == .zero || clock.now < begin + timeout.duration else {
                    throw CommandFailure(
                        "timed out waiting for the roll-out; ctl describe authentication cluster says more",
                        code: .timedOut
                    )
                }
                // Roll-outs take a second; after ten there is no hurry.
                try await Task.sleep(for: .milliseconds(clock.now - begin < .seconds(10) ? 50 : 500))
            }
        }
    }

    /// A controller that is being restarted is no reason to stop looking.
    ///
    /// - Parameter deadline: nil: for ever.
    private func look(_ client: ControllerClient, until deadline: ContinuousClock.Instant?) async throws -> RolloutView {
        while true {
            do {
                return try await RolloutGathering.gather(client)
            } catch let failure as TransportFailure where [.unreachable, .interrupted].contains(failure.reason) {
                guard wait, watch else { throw failure }
                if let deadline, ContinuousClock.now >= deadline {
                    throw CommandFailure(failure.errorDescription ?? "\(failure)", code: .timedOut)
                }
                try await Task.sleep(for: .milliseconds(200))
            }
        }
    }
}
