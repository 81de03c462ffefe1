import JSON
import Snapshot

/// One of a provider's `externalClaimsSources`, compiled: what it is asked, and what becomes of its answer.
struct ClaimsSource: Sendable {
    struct Mapping: Sendable {
        let name: String
        let expression: ResponseExpression
    }

    static let maximumAnswer = 1 << 20
    static let maximumPath = 2048

    let source: ExternalClaimsSource
    let index: Int
    let path: ClaimExpression
    let predicates: [ClaimExpression]
    let mappings: [Mapping]

    var expressions: [ClaimExpression] { predicates + [path] }

    /// nil when the predicates say that this source has nothing to do with the token.
    func question(_ claims: ClaimScope, token: [UInt8], issuer: CompiledIssuer) throws(Refusal) -> Question? {
        for predicate in predicates {
            guard case .bool(let holds) = try predicate.value(claims) else {
                throw Refusal(.expressionFailed, "predicate '\(oneLine(predicate.text, limit: 300))' gives no boolean")
            }
            if !holds { return nil }
        }
        let url = "https://\(source.hostname)\(try pathText(claims))"
        var userToken: Secret?
        if case .requestProvidedToken = source.proof { userToken = Secret(token) }
        return .claimsSource(.init(url: url, source: source, userToken: userToken, provider: issuer.name, index: index))
    }

    /// Each part is escaped, so that a claim chooses within its part and never another path.
    private func pathText(_ claims: ClaimScope) throws(Refusal) -> String {
        guard case .texts(let parts) = try path.value(claims) else {
            throw Refusal(.expressionFailed, "the pathExpression of source \(index) does not give a list of strings")
        }
        var text = ""
        for part in parts {
            guard !part.isEmpty, part != ".", part != ".." else {
                throw Refusal(.expressionFailed, "the pathExpression of source \(index) gives \(quoted(part)) as a part")
            }
            text += "/" + Self.escaped(part)
        }
        guard text.utf8.count <= Self.maximumPath else {
            throw Refusal(.expressionFailed, "the pathExpression of source \(index) gives more than \(Self.maximumPath) bytes")
        }
        return text.isEmpty ? "/" : text
    }

    private static func escaped(_ part: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in part.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                output.append(byte)
            default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }

    /// The answer's object; nil for everything else.
    static func object(in bytes: [UInt8]) -> JSONValue? {
        let response = try? JSONParser.parse(bytes, limits: .init(bytes: maximumAnswer, depth: 32))
        return response?.objectValue == nil ? nil : response
    }

    /// What the answer adds to the token's claims, or what it means when there is none.
    func claims(from answer: Answer) throws(Refusal) -> [(String, JSONValue)] {
        let place = "source \(index) (\(source.hostname))"
        switch answer {
        case .none(let why): throw Refusal(.claimsSourceUnavailable, "\(place): \(oneLine(why, limit: 200))")
        case .status(let status):
            // 401 and 403 are about the user only where the user's own token was shown. Who is not found has no claims to be had.
            let isAboutUser =
                status == 404 || status == 410 || ([401, 403].contains(status) && source.proof == .requestProvidedToken)
            throw Refusal(
                isAboutUser ? .claimsSourceRefused : .claimsSourceUnavailable,
                "\(place) answers with status \(status)"
            )
        case .body(let bytes):
            guard let response = Self.object(in: bytes) else {
                throw Refusal(.claimsSourceUnavailable, "\(place): the answer is not a JSON object")
            }
            var found: [(String, JSONValue)] = []
            for mapping in mappings {
                if let value = try mapping.expression.claim(response) { found.append((mapping.name, value)) }
            }
            return found
        }
    }
}

extension SnapshotCompiler {
    mutating func claimsSources(of issuer: Issuer, at path: String) -> [ClaimsSource] {
        var names: Set<ExactString> = []
        return (issuer.externalClaimsSources ?? []).enumerated().compactMap { index, source in
            let path = "\(path).externalClaimsSources[\(index)]"
            let pathExpression = claimExpression(source.pathExpression, for: .mapping, at: "\(path).url.pathExpression")
            let predicates = source.predicates.enumerated().compactMap { number, text in
                claimExpression(text, for: .condition, at: "\(path).predicates[\(number)].expression")
            }
            if source.mappings.isEmpty { report("\(path).mappings", "is empty") }
            let mappings = source.mappings.enumerated().compactMap { number, mapping -> ClaimsSource.Mapping? in
                let path = "\(path).mappings[\(number)]"
                if !names.insert(ExactString(mapping.name)).inserted {
                    report("\(path).name", "the same claim twice: \(mapping.name)")
                }
                do throws(ExpressionProblem) {
                    return ClaimsSource.Mapping(name: mapping.name, expression: try ResponseExpression(mapping.expression))
                } catch {
                    report("\(path).expression", error.message)
                    return nil
                }
            }
            do throws(EndpointURL.Problem) {
                // The administrator may name any host; the address only has to be one.
                _ = try EndpointURL("https://\(source.hostname)/", namedBy: "https://\(source.hostname)/")
            } catch {
                report("\(path).url.hostname", "\(error)")
            }
            guard let pathExpression else { return nil }
            return ClaimsSource(source: source, index: index, path: pathExpression, predicates: predicates, mappings: mappings)
        }
    }
}
