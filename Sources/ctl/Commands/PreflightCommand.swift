import ArgumentParser
import Client
import JSON
import Schema
import Synchronization

struct PreflightCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "preflight",
        abstract: "Tries a configuration on its providers, and changes nothing.",
        discussion: """
            Everything that applying it would find out: validation, references, and whether each provider answers with usable keys.
            Config maps and secrets that it refers to must be there already. Exit code 0: all is well; 1: it would not come into force;
            2: it could not be tried.
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @OptionGroup var manifests: ManifestOptions

    func run() async throws {
        let input = try manifests.read()
        let warnings = Warnings()
        try await connection.withSession(warn: { warnings.add($0) }) { session in
            let resources = try await session.client.resources()
            let manager = ObjectWriter.manager(.client)
            let writer = ObjectWriter(client: session.client, side: .client, dryRun: .server, fieldManager: manager)
            var (isWell, isTried) = (true, true)
            for manifest in input {
                do {
                    let target = try session.target(of: manifest.value, in: resources)
                    let outcome = try await ManifestRefusal.explaining(manifest, session) {
                        try await writer.apply(manifest.value, to: target)
                    }
                    // Apply asks the server nothing about what is so already; its providers may have changed all the same.
                    if outcome.change == .unchanged {
                        let options = WriteOptions(dryRun: true, fieldManager: manager)
                        _ = try await session.client.patch(target.path, merging: [:], options)
                    }
                    let verdict = PreflightVerdict(target.description, warnings: warnings.take())
                    isWell = isWell && verdict.isWell
                    isTried = isTried && verdict.isTried
                    verdict.lines.forEach { Terminal.output.line($0) }
                } catch let failure as TransportFailure {
                    throw failure
                } catch {
                    isWell = false
                    for warning in warnings.take() { Terminal.errors.line("Warning: \(warning)") }
                    Terminal.errors.line(Apply.text(of: error, manifest))
                }
            }
            guard isWell else { throw CommandFailure("") }
            guard isTried else { throw CommandFailure("", code: .undecided) }
        }
    }
}

/// What a dry run said of one object.
struct PreflightVerdict: Equatable {
    let isWell: Bool
    let isTried: Bool
    /// The object first, then what there is to say.
    let lines: [String]

    init(_ object: String, warnings: [String]) {
        let (failure, silence, note) = ("preflight failed: ", "preflight was not run: ", "preflight: ")
        func taken(_ prefix: String) -> [String] {
            warnings.filter { $0.hasPrefix(prefix) }.map { String($0.dropFirst(prefix.count)) }
        }
        let (failures, silences) = (taken(failure), taken(silence))
        let others = warnings.filter { !$0.hasPrefix(failure) && !$0.hasPrefix(silence) }
            .map { $0.hasPrefix(note) ? String($0.dropFirst(note.count)) : $0 }
        (isWell, isTried) = (failures.isEmpty, silences.isEmpty)
        let head =
            if !failures.isEmpty { "\(object) would not come into force:" } else {
                silences.isEmpty ? "\(object) passed" : "\(object) could not be tried:"
            }
        lines = [head] + (failures + silences).map { "  - \($0)" } + others.map { "  note: \($0)" }
    }
}

/// Gathers what the server warns of, from wherever its answers are read.
private final class Warnings: Sendable {
    private let texts = Mutex<[String]>([])

    func add(_ text: String) { texts.withLock { $0.append(text) } }

    func take() -> [String] {
        texts.withLock { texts in
            defer { texts = [] }
            return texts
        }
    }
}
