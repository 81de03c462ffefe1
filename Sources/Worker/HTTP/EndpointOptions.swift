import ArgumentParser
import Foundation
import Listening
import Logging

/// The options of `authenticator` about who may ask it, and for what.
struct EndpointOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Networks whose proxies may ask /auth, separated by commas.", valueName: "cidr,…"))
    var forwardAuthFrom = "127.0.0.0/8,::1/128"

    @Option(
        help: ArgumentHelp(
            "Bearer tokens of servers that may ask for TokenReviews, one on a line; read again when it changes. Client certificates may "
                + "ask as well.",
            valueName: "file"
        )
    )
    var tokenReviewTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Listen here too, by plain HTTP and for anybody on this machine: forward-auth and TokenReview without credentials.",
            valueName: "127.0.0.1:port"
        )
    )
    var listenLoopback: String?

    @Option(
        help: ArgumentHelp(
            "Audiences that every accepted token is good for when a TokenReview asks for some, separated by commas.",
            valueName: "audience,…"
        )
    )
    var apiAudiences = "https://kubernetes.default.svc"

    func access(logger: Logger) throws -> EndpointAccess {
        guard let networks = AddressList(forwardAuthFrom) else {
            throw ValidationError("--forward-auth-from must be networks like 10.0.0.0/8, separated by commas")
        }
        let audiences = apiAudiences.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        guard !audiences.isEmpty, !audiences.contains("") else {
            throw ValidationError("--api-audiences must be audiences, separated by commas")
        }
        return EndpointAccess(
            forwardAuthFrom: networks,
            reviewers: try tokenReviewTokenFile.map { try ReviewerTokenFile(path: $0, logger: logger) },
            loopback: try loopback(),
            apiAudiences: audiences
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
