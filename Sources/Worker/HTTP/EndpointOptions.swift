import ArgumentParser
import Foundation
import Listening
import Logging
import WorkerArguments

/// The options of `authenticator` about who may ask it, and for what: those that a controller gives its own workers too, and one more.
struct EndpointOptions: ParsableArguments {
    @OptionGroup var shared: WorkerOptions

    @Option(
        help: ArgumentHelp(
            "Listen here too, by plain HTTP and for anybody on this machine: forward-auth and TokenReview without credentials.",
            valueName: "127.0.0.1:port"
        )
    )
    var listenLoopback: String?

    /// The values of those that a controller's workers have too.
    func settings() throws(ValidationError) -> WorkerSettings {
        do throws(InvalidOptions) {
            return try shared.settings()
        } catch {
            throw ValidationError("\(error)")
        }
    }

    /// - Parameter isControlled: the worker has a controller, which looked at the file of tokens before it started any worker. One that it
    ///   starts again serves all others meanwhile, should the file be lost.
    func access(isControlled: Bool, logger: Logger) throws -> EndpointAccess {
        let settings = try settings()
        return EndpointAccess(
            forwardAuthFrom: settings.forwardAuthFrom,
            reviewers: try settings.tokenReviewTokenFile.map {
                try ReviewerTokenFile(path: $0, mayBeginEmpty: isControlled, logger: logger)
            },
            loopback: try loopback(),
            apiAudiences: settings.apiAudiences
        )
    }

    /// A name is not taken: whatever it stands for now, it may stand for something else tomorrow.
    private func loopback() throws -> ListenAddress? {
        guard let listenLoopback else { return nil }
        guard let address = ListenAddress(listenLoopback), let host = IPAddress(address.host), host.isLoopback else {
            throw ValidationError(
                "--listen-loopback must be an address of this machine alone, like 127.0.0.1:9080 or [::1]:9080: whoever reaches it "
                    + "needs no credentials"
            )
        }
        return address
    }
}
