import Authenticator
import CEL
import Crypto
import CryptoExtras
import JSON
import Snapshot

/// The paths that every request takes, measured alone: one line each, with the figure in nanoseconds that it is to stay under.
@main
enum HotPaths {
    static func main() throws {
        let token = try SignedToken()
        var table = Table()
        try measureExpression(token, &table)
        try measureJudging(token, &table)
        print(CommandLine.arguments.contains("--json") ? table.json : table.text)
    }

    private static func measureExpression(_ token: SignedToken, _ table: inout Table) throws {
        let text = "claims.email.endsWith('@example.com')"
        let program = try Program.compile(text, in: .authentication, variables: ["claims": .map(.string, .any)])
        let variables = ["claims": CELValue(claim: token.claims)]
        guard case .bool(true) = try program.evaluate(variables) else { throw Unexpected(what: text) }
        let measured = Measurement.inTurns([{ _ = program.measure(variables) }])
        table.add("expression", text, measured[0], limit: 500)
    }

    private static func measureJudging(_ token: SignedToken, _ table: inout Table) throws {
        let digest = SHA256.hash(data: token.signedText)
        let bare = { blackHole(token.key.isValidSignature(token.signature, for: digest, padding: .insecurePKCS1v1_5)) }
        let hashed = {
            let digest = SHA256.hash(data: token.signedText)
            blackHole(token.key.isValidSignature(token.signature, for: digest, padding: .insecurePKCS1v1_5))
        }
        let judges = try [[plain], [ruled], plainAmongThousands].map { try judge(token, by: $0) }
        let measured = Measurement.inTurns([bare, hashed] + judges)
        table.add("digest", "RSA-2048 verification of a digest, nothing else", measured[0], limit: nil)
        table.add("bare", "RSA-2048 verification of the token's text (SHA-256 with it)", measured[1], limit: nil)
        table.add("plain", "judge a 1 KB token, RS256, claims only", measured[2], limit: measured[0].median / 0.8)
        table.add("rules", "the same, 3 mappings, 2 extra values, 3 + 2 rules by CEL", measured[3], limit: 1e9 / (3 * 8_900))
        table.add("added", "what the expressions add", measured[3].less(measured[2]), limit: 10_000)
        table.add("issuers", "the same, claims only, one of 10,000 issuers", measured[4], limit: measured[2].median * 1.05)
    }

    private static func judge(_ token: SignedToken, by issuers: [Issuer]) throws -> () -> Void {
        let keys = try KeySet.parse(token.jwks)
        let bytes = Array(token.text.utf8)
        let snapshot = WorkerSnapshot(revision: 1, mode: .oidc, issuers: issuers)
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(snapshot))
        let judge = {
            authenticator.judge(bytes, keys: { _ in keys }, opaqueTokens: NoOpaqueTokens(), now: SignedToken.issuedAt + 60)
        }
        guard case .authenticated = judge() else { throw Unexpected(what: "\(judge())") }
        return { _ = judge() }
    }

    private static var plainAmongThousands: [Issuer] {
        (0..<10_000).map { number in
            var issuer = plain
            if number != 5_000 { (issuer.name, issuer.issuerURL) = ("bench-\(number)", "\(issuer.issuerURL)/\(number)") }
            return issuer
        }
    }

    private static var plain: Issuer {
        Issuer(
            name: "bench",
            issuerURL: SignedToken.issuerURL,
            audiences: ["console"],
            claimMappings: ClaimMappings(username: .claim("email", prefix: "oidc:"), groups: .claim("roles", prefix: "oidc:"))
        )
    }

    /// The shapes that Kubernetes' documentation shows.
    private static var ruled: Issuer {
        var issuer = plain
        issuer.claimMappings = ClaimMappings(
            username: .expression("'oidc:' + claims.email"),
            groups: .expression("claims.roles.split(',')"),
            uid: .expression("claims.sub"),
            extra: [
                .init(key: "example.com/tenant", valueExpression: "claims.tenant"),
                .init(key: "example.com/department", valueExpression: "claims.?department.orValue('none')"),
            ]
        )
        issuer.claimValidationRules = [
            .cel(expression: "claims.email_verified == true", message: "the address must be verified"),
            .cel(expression: "claims.exp - claims.iat <= 86400.0", message: "at most a day"),
            .cel(expression: "claims.email.endsWith('@example.com')", message: "one of us"),
        ]
        issuer.userValidationRules = [
            .init(expression: "!user.username.startsWith('system:')", message: "reserved"),
            .init(expression: "user.groups.all(g, !g.startsWith('system:'))", message: "reserved"),
        ]
        return issuer
    }
}

/// A benchmark's operation did not give what it is to be measured for.
struct Unexpected: Error {
    let what: String
}

/// Uses a value, so that the compiler does not leave out what it takes to get it.
@inline(never) func blackHole(_: Bool) {}
