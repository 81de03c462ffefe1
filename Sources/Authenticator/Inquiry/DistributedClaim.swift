import JSON
import Snapshot

/// Groups that a token only refers to (OpenID Connect Core 5.6.2): another token, fetched from an endpoint, holds them.
///
/// Only the claim that groups are taken from is fetched, and only if the token does not have it. An aggregated claim (a token within the
/// source) is left alone. Both as in Kubernetes.
struct DistributedClaim {
    enum Resolution {
        case value(name: String, JSONValue)
        case ask(Question)
    }

    /// Very many groups are why they are kept elsewhere.
    static let maximumAnswer = 1 << 20

    private let inquiry: TokenInquiry
    private let name: String
    private let endpoint: String
    private let accessToken: String?

    /// nil when nothing is kept elsewhere that matters here.
    init?(_ inquiry: TokenInquiry) throws(Refusal) {
        guard let names = inquiry.claims["_claim_names"], !names.isNull else { return nil }
        guard let names = names.objectValue else { throw Refusal(.claimType, "claim \"_claim_names\" is not an object") }
        let sources = inquiry.claims["_claim_sources"]?.objectValue
        var place: JSONValue?
        for (claim, source) in names {
            guard let source = source.stringValue, let found = sources?[source] else {
                throw Refusal(.distributedClaims, "claim \(quoted(claim)) refers to a source that does not exist")
            }
            if claim.utf8.elementsEqual((inquiry.issuer.groupsClaim ?? "").utf8) { place = found }
        }
        guard let name = inquiry.issuer.groupsClaim, !inquiry.claims.contains(name), let found = place?["endpoint"] else {
            return nil
        }
        guard let endpoint = found.stringValue else {
            throw Refusal(.claimType, "an endpoint in \"_claim_sources\" is not a string")
        }
        if endpoint.isEmpty { return nil }
        switch place?["access_token"] {
        case nil, .null: accessToken = nil
        case .string(let text): accessToken = text.isEmpty ? nil : text
        default: throw Refusal(.claimType, "an access_token in \"_claim_sources\" is not a string")
        }
        self.inquiry = inquiry
        self.name = name
        self.endpoint = endpoint
    }

    /// The claim, or the next question: first for the token that holds it, then perhaps for the keys of who signed that.
    func resolved(
        _ answers: [Question: Answer],
        _ keys: PendingDecision.KeyLookup,
        _ now: Int64
    ) throws(Refusal) -> Resolution {
        let issuer = inquiry.issuer
        let question = Question.distributedClaim(
            .init(
                endpoint: try Self.checked(endpoint, issuer, "the endpoint"),
                accessToken: try accessToken.map { text throws(Refusal) in try Self.credential(text) },
                certificateAuthority: issuer.certificateAuthority,
                provider: issuer.name
            )
        )
        guard let answer = answers[question] else { return .ask(question) }
        let jws = try Self.token(in: answer)
        let keySet: KeySet
        switch try signers(of: jws, answers, keys) {
        case .known(let set): keySet = set
        case .ask(let question): return .ask(question)
        }
        do throws(Refusal) {
            _ = try keySet.key(of: jws.header(), whichMade: jws.signature(), over: jws.signedText)
            // The same audiences and the same rules of time as for the token itself.
            for rule in TokenRule.all { try rule.check(TokenRule.Subject(claims: jws.claims, issuer: issuer, now: now)) }
        } catch {
            throw Refusal(.distributedClaims, "the token that holds claim \(quoted(name)): \(error)")
        }
        guard let value = jws.claims[name] else {
            throw Refusal(
                .distributedClaims,
                "jwt returned by distributed claim endpoint \(quoted(endpoint)) did not contain claim: \(oneLine(name, limit: 120))"
            )
        }
        return .value(name: name, value)
    }

    // MARK: - Steps

    private enum Signers {
        case known(KeySet)
        case ask(Question)
    }

    private func signers(
        of jws: CompactJWS,
        _ answers: [Question: Answer],
        _ keys: PendingDecision.KeyLookup
    ) throws(Refusal) -> Signers {
        let iss: String
        do throws(Refusal) { iss = try jws.claims.string("iss") } catch {
            throw Refusal(.distributedClaims, "the token that holds claim \(quoted(name)): \(error)")
        }
        if let known = inquiry.compiled.issuer(named: iss) {
            guard let keySet = keys(known.issuerURL), keySet.isUsable else {
                throw Refusal(.providerUnavailable, "no usable keys of \(quoted(known.name)) yet")
            }
            return .known(keySet)
        }
        let issuer = inquiry.issuer
        let question = Question.keySet(
            .init(
                issuerURL: try Self.checked(iss, issuer, "its issuer"),
                certificateAuthority: issuer.certificateAuthority,
                provider: issuer.name
            )
        )
        switch answers[question] {
        case nil: return .ask(question)
        case .body(let bytes):
            guard let text = String(validating: bytes, as: UTF8.self), let keySet = try? KeySet.parse(text), keySet.isUsable
            else {
                throw Refusal(.claimsSourceUnavailable, "the keys of \(quoted(iss)) cannot be used")
            }
            return .known(keySet)
        case .status(let status): throw Refusal(.claimsSourceUnavailable, "the keys of \(quoted(iss)): status \(status)")
        case .some(.none(let why)):
            throw Refusal(.claimsSourceUnavailable, "the keys of \(quoted(iss)): \(oneLine(why, limit: 200))")
        }
    }

    private static func checked(_ url: String, _ issuer: CompiledIssuer, _ what: String) throws(Refusal) -> String {
        do throws(EndpointURL.Problem) {
            return try EndpointURL(url, namedBy: issuer.issuerURL).text
        } catch {
            throw Refusal(.distributedClaims, "\(what) \(quoted(url)) is not asked: \(error)")
        }
    }

    /// The characters that a bearer token may have (RFC 6750 section 2.1); anything else could end a header and begin another.
    private static func credential(_ text: String) throws(Refusal) -> Secret {
        guard text.utf8.count <= CompactJWS.maximumLength, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw Refusal(.distributedClaims, "the access_token beside the endpoint is not one")
        }
        return Secret(Array(text.utf8))
    }

    private static func token(in answer: Answer) throws(Refusal) -> CompactJWS {
        switch answer {
        case .none(let why): throw Refusal(.claimsSourceUnavailable, oneLine(why, limit: 200))
        case .status(let status) where status >= 500 || status == 408 || status == 429:
            throw Refusal(.claimsSourceUnavailable, "the endpoint answers with status \(status)")
        case .status(let status): throw Refusal(.distributedClaims, "the endpoint answers with status \(status)")
        case .body(let bytes):
            do throws(Refusal) {
                return try token(in: bytes)
            } catch {
                // A page that says "back soon" is nothing that the provider says about the user.
                throw Refusal(.claimsSourceUnavailable, "the endpoint's answer: \(error)")
            }
        }
    }

    private static func token(in bytes: [UInt8]) throws(Refusal) -> CompactJWS {
        let isSpace = { (byte: UInt8) in byte == 0x20 || (0x09...0x0D).contains(byte) }
        let end = bytes.lastIndex { !isSpace($0) }.map { $0 + 1 } ?? 0
        return try CompactJWS(Array(bytes[..<end].drop(while: isSpace)), limit: maximumAnswer)
    }

    static func isToken(_ bytes: [UInt8]) -> Bool {
        do throws(Refusal) {
            _ = try token(in: bytes)
            return true
        } catch {
            return false
        }
    }
}
