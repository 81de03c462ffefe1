package import ArgumentParser
import Durable
import Foundation
import Listening

/// The options of a worker that are the same whoever starts it: an administrator, or a controller for its own workers.
package struct WorkerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Networks whose proxies may ask a worker's /auth, separated by commas.", valueName: "cidr,…"))
    package var forwardAuthFrom = "127.0.0.0/8,::1/128"

    @Option(
        help: ArgumentHelp(
            "Bearer tokens of servers that may ask for TokenReviews, one on a line; read again when it changes. Client certificates may "
                + "ask as well.",
            valueName: "file"
        )
    )
    package var tokenReviewTokenFile: String?

    @Option(
        help: ArgumentHelp(
            "Audiences that every accepted token is good for when a TokenReview asks for some, separated by commas.",
            valueName: "audience,…"
        )
    )
    package var apiAudiences = "https://kubernetes.default.svc"

    @Option(
        help: ArgumentHelp(
            "How many accepted tokens a worker remembers, so that they need not be verified again; 0: none.",
            valueName: "tokens"
        )
    )
    package var tokenCacheSize = 65_536

    package init() {}

    /// The values, checked. The file of tokens is not looked at: it belongs to the worker.
    package func settings() throws(InvalidOptions) -> WorkerSettings {
        let audiences = apiAudiences.split(separator: ",", omittingEmptySubsequences: false).map {
            $0.trimmingCharacters(in: .whitespaces)
        }
        let networks = AddressList(forwardAuthFrom)
        var problems: [String] = []
        if networks == nil {
            let wrong = forwardAuthFrom.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
                .filter { AddressList($0) == nil }.joined(separator: ", ")
            problems.append("--forward-auth-from must be networks like 10.0.0.0/8, separated by commas; wrong: \(wrong)")
        }
        if audiences.contains("") {
            problems.append("--api-audiences must be audiences, separated by commas; one of them is empty")
        }
        if !(0...1_000_000).contains(tokenCacheSize) {
            problems.append("--token-cache-size must be 0 to 1000000")
        }
        guard let networks, problems.isEmpty else { throw InvalidOptions(problems: problems) }
        return WorkerSettings(
            forwardAuthFrom: networks,
            tokenReviewTokenFile: tokenReviewTokenFile,
            apiAudiences: audiences,
            tokenCacheSize: tokenCacheSize
        )
    }

    /// Everything that would keep a worker with these options from starting, for a program that is about to start some.
    package var obstacles: [String] {
        var problems: [String] = []
        do throws(InvalidOptions) {
            _ = try settings()
        } catch {
            problems = error.problems
        }
        guard let tokenReviewTokenFile else { return problems }
        do throws(BoundedFile.Problem) {
            _ = try ReviewerTokenList.load(tokenReviewTokenFile)
        } catch {
            problems.append("--token-review-token-file \(error)")
        }
        return problems
    }

    /// The options as a worker is to be started with them, wherever it runs. Defaults are there too: what a running worker was told
    /// can be read off it, and compared.
    ///
    /// - Parameter folder: what a relative path is relative to; an absolute path.
    package func arguments(in folder: String) -> [String] {
        var values = [
            ("--forward-auth-from", forwardAuthFrom), ("--api-audiences", apiAudiences),
            ("--token-cache-size", "\(tokenCacheSize)"),
        ]
        if let file = tokenReviewTokenFile {
            // Not simplified: it may lead through links, and they may lead elsewhere tomorrow.
            values.append(("--token-review-token-file", file.hasPrefix("/") ? file : "\(folder)/\(file)"))
        }
        // In one word, because a value may begin with a hyphen; but an empty one is found in a word of its own only.
        return values.flatMap { $1.isEmpty ? [$0, $1] : ["\($0)=\($1)"] }
    }
}
