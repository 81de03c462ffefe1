import ArgumentParser
import Client
import JSON
import Schema

struct BreakGlassVerify: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Proves that a break-glass certificate opens the API, by using it.",
        discussion: """
            ctl break-glass verify --kubeconfig data/admin.kubeconfig
            A mode of authentication that works can be left for another one only if this was done in the last days; how many is said
            by spec.breakGlass.verifiedWithinDays of RolloutPolicy/cluster.

            Exit code 0: it works; 1: it does not, or it could not be found out.
            """
    )

    /// How recent a use must be noted, in seconds: the API notes one a minute.
    private static let recent: Int64 = 120
    private static let patience = Duration.seconds(15)

    @OptionGroup var connection: ConnectionOptions
    @Option(name: [.short, .long], help: ArgumentHelp("One of: \(OutputFormat.names)", valueName: "format"))
    var output: OutputFormat?

    func run() async throws {
        let configuration = try connection.files.load().clientConfiguration(connection.overrides, userAgent: Version.userAgent)
        guard case .certificate = configuration.credential, configuration.impersonation == nil else {
            throw CommandFailure(
                """
                the kubeconfig's user has no client certificate of its own: name the administrator's file \
                (--kubeconfig DATA/admin.kubeconfig), or one that ctl break-glass issue wrote
                """
            )
        }
        let (object, now) = try await connection.withSession { try await Self.verified($0.client) }
        let certificate = try object.decoded(as: BreakGlassCertificate.self)
        if let warning = certificate.expiryWarning(now: now) { Terminal.errors.line("Warning: \(warning)") }
        if let text = try output?.text(of: object.withoutManagedFields, typeName: BreakGlassList.typeName) {
            return Terminal.output.write(text)
        }
        Terminal.output.write(certificate.verdictText(now: now))
    }

    /// - Returns: the object of the certificate, in which the use is noted, and the server's time.
    private static func verified(_ client: ControllerClient) async throws -> (JSONValue, now: Int64) {
        let review = try await review(client)
        guard let name = BreakGlassCertificate.name(ofUser: review.username) else {
            throw CommandFailure(
                """
                the certificate is that of \(PrintableText.of(review.username)), which is no break-glass certificate: use the \
                administrator's file (--kubeconfig DATA/admin.kubeconfig), or one that ctl break-glass issue wrote
                """
            )
        }
        guard try await mayDoEverything(client) else {
            throw CommandFailure("\(PrintableText.of(review.username)) may not do everything")
        }
        let time = review.document.value(at: "metadata", "creationTimestamp")?.stringValue
        guard let now = time.flatMap(Timestamp.seconds) else {
            throw CommandFailure("the server does not say what time it is: it is no controller's API")
        }
        return (try await notedUse(of: name, after: now - recent, client), now)
    }

    private static func review(_ client: ControllerClient) async throws -> UserReview {
        do {
            return try await UserReview.ask(client)
        } catch let failure as APIFailure where failure.isUnauthorized {
            throw CommandFailure("the server refuses the certificate: \(failure.message)")
        }
    }

    private static func mayDoEverything(_ client: ControllerClient) async throws -> Bool {
        let review: JSONValue = [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
            "spec": ["resourceAttributes": ["verb": "*", "group": "*", "resource": "*"]],
        ]
        let path = ResourcePath("authorization.k8s.io/v1", "selfsubjectaccessreviews")
        let answer = try await client.request("POST", path, body: review)
        return answer.value(at: "status", "allowed")?.boolValue ?? false
    }

    /// The API writes down a use a moment after it.
    private static func notedUse(of name: String, after earliest: Int64, _ client: ControllerClient) async throws -> JSONValue {
        let deadline = ContinuousClock.now + patience
        while true {
            let object = try await client.find(BreakGlassList.path(of: name))
            let lastUse = object?.value(at: "status", "lastUsedTime")?.stringValue.flatMap(Timestamp.seconds)
            if let object, let lastUse, lastUse >= earliest { return object }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    """
                    the certificate opens the API, but breakglasscertificate/\(name) does not tell of its use after \
                    \(patience.components.seconds) s: is this the file that the controller wrote last?
                    """
                )
            }
            try await Task.sleep(for: .milliseconds(200))
        }
    }
}
