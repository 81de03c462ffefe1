import Authenticator
import Foundation
import JSON

/// Judges a generated token, and says what broke its promise. Whether the judge was right to say yes is found out a second time here,
/// by other code: Foundation's JSON and base64, and the library's signatures with the generator's own keys.
package struct TokenVerdict {
    /// Nil when all is well. A trap or a hang needs no words.
    package let complaint: String?
    /// `accepted` or the code of the refusal, for the tally.
    package let outcome: String

    private static let slow = Duration.seconds(1)

    package init(of input: TokenCase, in world: TokenWorld) {
        var keySets = Dictionary(uniqueKeysWithValues: world.providers.map { ($0.issuerURL, $0.keySet) })
        if let odd = input.jwks {
            // A set that is refused as a whole leaves the provider without keys.
            keySets[world.providers[odd.provider].issuerURL] = try? KeySet.parse(odd.text)
        }
        let clock = ContinuousClock()
        var decision = Decision.notMine(Refusal(.tokenMissing, ""))
        let elapsed = clock.measure {
            decision = world.authenticator.judge(
                input.token,
                keys: { keySets[$0] },
                opaqueTokens: NoOpaqueTokens(),
                now: TokenWorld.now
            )
        }
        outcome = decision.refusal?.code ?? "accepted"
        if elapsed > Self.slow {
            complaint = Self.words("took \(elapsed)", input)
        } else if let identity = decision.identity {
            complaint = Self.objection(to: identity, input, world).map { Self.words("accepted, but \($0)", input) }
        } else if input.isGood {
            complaint = Self.words("a good token was refused: \(decision)", input)
        } else {
            let detail = decision.refusal?.description ?? ""
            let isLogLine = detail.utf8.count < 4000 && detail.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
            complaint = isLogLine ? nil : Self.words("no log line: \(detail)", input)
        }
    }

    private static func words(_ problem: String, _ input: TokenCase) -> String {
        "\(problem)\ntoken: \(String(decoding: input.token, as: UTF8.self))\nkeys: \(input.jwks?.text ?? "as published")"
    }

    // MARK: - The second opinion

    /// Why the token should not have been taken; nil: nothing speaks against it.
    private static func objection(to identity: Identity, _ input: TokenCase, _ world: TokenWorld) -> String? {
        let parts = input.token.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 3 else { return "it has \(parts.count) parts" }
        let decoded = parts.compactMap { Self.bytes(of: Data($0)) }
        guard decoded.count == 3 else { return "it is not base64url in its one spelling" }
        guard let header = object(decoded[0]), let claims = object(decoded[1]) else { return "it is no JSON" }
        guard let iss = claims["iss"] as? String,
            let provider = world.providers.first(where: { Array($0.issuerURL.utf8) == Array(iss.utf8) })
        else { return "nobody knows its issuer" }
        guard let algorithm = header["alg"] as? String else { return "it has no alg" }
        let text = Data(parts[0] + [UInt8(ascii: ".")] + parts[1])
        guard let key = provider.keys.first(where: { $0.verifies(decoded[2], of: text, by: algorithm) }) else {
            return "no key of its issuer made the signature"
        }
        if input.jwks == nil, let kid = header["kid"] as? String, !kid.isEmpty, kid != key.kid {
            return "kid names another key"
        }
        for name in ["crit", "b64"] where header[name] != nil && header[name] as? Bool != true {
            return "the header has \(name)"
        }
        return objection(claims, provider) ?? objection(identity, claims, provider)
    }

    private static func objection(_ claims: [String: Any], _ provider: TokenWorld.Provider) -> String? {
        let audiences = claims["aud"] as? [String] ?? [claims["aud"] as? String ?? ""]
        guard !Set(audiences).isDisjoint(with: provider.audiences) else { return "it is for \(audiences)" }
        guard let exp = seconds(claims["exp"]), exp >= Double(TokenWorld.now), exp < 253_402_300_800 else {
            return "its time is over"
        }
        if let nbf = claims["nbf"], (seconds(nbf) ?? .infinity) >= Double(TokenWorld.now + 61) { return "it is not valid yet" }
        if let cnf = claims["cnf"], !(cnf is NSNull) { return "it is bound" }
        return nil
    }

    private static func objection(_ identity: Identity, _ claims: [String: Any], _ provider: TokenWorld.Provider) -> String? {
        guard let name = provider.userName(claims), !name.isEmpty, Self.bytes(of: name) == Self.bytes(of: identity.username)
        else {
            return "its user is \(identity.username)"
        }
        if let verified = claims["email_verified"], provider.groupPrefix.isEmpty, verified as? Bool != true {
            return "the address is not verified"
        }
        for name in [identity.username] + identity.groups {
            if name.utf8.starts(with: "system:".utf8) { return "a name is reserved" }
            if name.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) || name.utf8.count > 1024 { return "a name is unfit" }
        }
        guard identity.groups.allSatisfy({ $0.utf8.starts(with: provider.groupPrefix.utf8) }), identity.groups.count <= 2000
        else {
            return "a group has no prefix"
        }
        return nil
    }

    /// Foundation drops a byte order mark at the beginning of a JSON string; so it does not count here.
    private static func bytes(of name: String) -> [UInt8] { Array(name.replacing("\u{FEFF}", with: "").utf8) }

    private static func bytes(of part: Data) -> Data? {
        var text = Data(
            part.map { byte in
                switch byte {
                case UInt8(ascii: "-"): UInt8(ascii: "+")
                case UInt8(ascii: "_"): UInt8(ascii: "/")
                default: byte
                }
            }
        )
        text.append(contentsOf: [UInt8](repeating: UInt8(ascii: "="), count: (4 - text.count % 4) % 4))
        guard let bytes = Data(base64Encoded: text), Data(base64url(bytes).utf8) == part else { return nil }
        return bytes
    }

    private static func object(_ bytes: Data) -> [String: Any]? {
        (try? JSONSerialization.jsonObject(with: bytes)) as? [String: Any]
    }

    private static func seconds(_ value: Any?) -> Double? {
        if let text = value as? String { return Double(text) }
        return (value as? NSNumber)?.doubleValue
    }
}
