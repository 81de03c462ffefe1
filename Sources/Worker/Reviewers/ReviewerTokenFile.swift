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
    private let initial: Content

    private enum Content: Hashable {
        case tokens([UInt8])
        case gone
        case unreadable(String)
    }

    /// - Parameter mayBeginEmpty: whether to begin without tokens where there are none; the file may come back. Otherwise that is thrown:
    ///   whoever starts a worker and asks for tokens should learn it at once.
    init(path: String, mayBeginEmpty: Bool, logger: Logger) throws(BoundedFile.Problem) {
        (self.path, self.logger) = (path, logger)
        tokens = ReviewerTokens()
        do throws(BoundedFile.Problem) {
            let list = try ReviewerTokenList.load(path)
            tokens.replace(with: list)
            initial = .tokens(list.text)
        } catch {
            guard mayBeginEmpty else { throw error }
            logger.error("nobody may ask for reviews by a bearer token", metadata: ["error": "\(error)"])
            initial = Self.read(path)
        }
    }

    func run() async throws {
        var last = initial
        while !Task.isShuttingDownGracefully, !Task.isCancelled {
            // Ends early only when the group shuts down, and the loop looks at that itself.
            try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
            last = look(after: last)
        }
    }

    /// One look, for tests: `run` only repeats it.
    func look() { _ = look(after: .tokens([])) }

    private func look(after last: Content) -> Content {
        let content = Self.read(path)
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

    private static func read(_ path: String) -> Content {
        do throws(BoundedFile.Problem) {
            return .tokens(try ReviewerTokenList.read(path))
        } catch {
            return FileManager.default.fileExists(atPath: path) ? .unreadable(error.why) : .gone
        }
    }
}
