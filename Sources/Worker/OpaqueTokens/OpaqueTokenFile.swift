import Durable
import Foundation
import Logging
import ServiceLifecycle

/// `opaque-tokens.json`: the table on disk, for a start without the controller. It holds hashes of tokens, never a token.
final class OpaqueTokenFile: Sendable {
    /// Changes are gathered for so long, so that many logins are one write.
    private static let gathering = Duration.milliseconds(500)

    private let path: String
    private let bell: AsyncStream<Void>.Continuation
    private let bells: AsyncStream<Void>

    init(path: String) {
        self.path = path
        (bells, bell) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
    }

    func changed() { bell.yield() }

    /// The table as it was; an empty one when there is no file, or a damaged one, which the log is told.
    func load(logger: Logger) -> OpaqueTokenTable {
        guard let data = FileManager.default.contents(atPath: path) else { return OpaqueTokenTable() }
        do {
            return try JSONDecoder().decode(OpaqueTokenTable.self, from: data)
        } catch {
            logger.error("the kept tokens are damaged and not used", metadata: ["error": "\(error)"])
            return OpaqueTokenTable()
        }
    }

    /// Writes the table after changes until the group shuts down. A half-read table is not worth keeping.
    func keep(live: LiveState, logger: Logger) async {
        for await _ in bells.cancelOnGracefulShutdown() {
            // Ends early only when the group shuts down: then it is written at once.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.gathering) }
            let table = live.load().opaqueTokens
            guard table.isComplete else { continue }
            do {
                try DurableFile.write(JSONEncoder().encode(table), to: path, permissions: 0o600)
            } catch {
                logger.error("the tokens cannot be kept on disk", metadata: ["error": "\(error)"])
            }
        }
    }
}
