import Durable
import Foundation
import Logging
import ServiceLifecycle
import WorkerArguments

/// Keeps `ReviewerTokens` what their file says: it is looked at every other second.
///
/// A file that is gone means nobody. One that is there and bad changes nothing, and is told once.
struct ReviewerTokenFile: Service {
    private static let interval = Duration.seconds(2)

    let tokens: ReviewerTokens
    private let path: String
    private let logger: Logger
    private let initial: [UInt8]

    private enum Content: Hashable {
        case tokens([UInt8])
        case gone
        case unreadable(String)
    }

    /// Throws when there are no tokens to begin with: a worker that was asked for them must not start without.
    init(path: String, logger: Logger) throws {
        (self.path, self.logger) = (path, logger)
        tokens = ReviewerTokens()
        let list = try ReviewerTokenList.load(path)
        tokens.replace(with: list)
        initial = list.text
    }

    func run() async throws {
        var last = Content.tokens(initial)
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // Ends early only when the group shuts down, and the loop looks at that itself.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            last = look(after: last)
        }
    }

    /// One look, for tests: `run` only repeats it.
    func look() { _ = look(after: .tokens([])) }

    private func look(after last: Content) -> Content {
        let content = read()
        guard content != last else { return last }
        let file: Logger.Metadata = ["file": "\(path)"]
        switch content {
        case .gone:
            tokens.removeAll()
            logger.error("the file of bearer tokens is gone: nobody may ask for reviews by one", metadata: file)
        case .unreadable(let why): tell(why)
        case .tokens(let bytes):
            do {
                tokens.replace(with: try ReviewerTokenList(bytes))
                logger.notice(
                    "other bearer tokens may ask for reviews",
                    metadata: file.merging(["count": "\(tokens.count)"]) { $1 }
                )
            } catch {
                tell("\(error)")
            }
        }
        return content
    }

    private func tell(_ why: String) {
        logger.error("bearer tokens stay as they were", metadata: ["file": "\(path)", "error": "\(why)"])
    }

    private func read() -> Content {
        do throws(BoundedFile.Problem) {
            return .tokens(try ReviewerTokenList.read(path))
        } catch {
            return FileManager.default.fileExists(atPath: path) ? .unreadable(error.why) : .gone
        }
    }
}
