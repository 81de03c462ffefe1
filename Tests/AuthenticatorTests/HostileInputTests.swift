import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Seeded random input. Whatever comes in: an answer, never a trap, and never a yes that nobody signed.
struct HostileInputTests {
    @Test(.timeLimit(.minutes(1)))
    func neverAcceptsAMutatedToken() throws {
        let bench = try Bench()
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(bench.snapshot))
        let table = OpaqueTable(tokens: [:])
        let good = Array(try TestToken.good().signed(by: bench.keys.p256).utf8)
        var random = SeededGenerator(seed: 42)
        for round in 0..<4000 {
            let token = mutated(good, &random)
            guard token != good else { continue }
            let decision = authenticator.judge(token, keys: { bench.keySets[$0] }, opaqueTokens: table, now: TestToken.now)
            #expect(decision.identity == nil, "round \(round): \(String(decoding: token, as: UTF8.self))")
        }
    }

    /// Header and claims of every shape, signed well, so that what lies behind the signature meets them too.
    @Test(.timeLimit(.minutes(1)))
    func survivesSignedNonsense() throws {
        let bench = try Bench()
        let authenticator = TokenAuthenticator(try CompiledSnapshot.compile(bench.snapshot))
        let names = ["iss", "aud", "exp", "nbf", "iat", "sub", "groups", "jti", "events", "_claim_names", "_claim_sources"]
        var random = SeededGenerator(seed: 43)
        for _ in 0..<1500 {
            var token = TestToken.good()
            for _ in 0..<Int.random(in: 1...3, using: &random) {
                let name = names[Int.random(in: 0..<names.count, using: &random)]
                token.claims[name] = nonsense(&random, depth: 0)
            }
            if Int.random(in: 0..<4, using: &random) == 0 {
                token.header[["crit", "cty", "typ", "kid", "b64"][Int.random(in: 0..<5, using: &random)]] = nonsense(
                    &random,
                    depth: 0
                )
            }
            let text = Array(try token.signed(by: bench.keys.p256, alg: "ES256").utf8)
            let decision = authenticator.judge(
                text,
                keys: { bench.keySets[$0] },
                opaqueTokens: OpaqueTable(tokens: [:]),
                now: TestToken.now
            )
            guard let identity = decision.identity else { continue }
            #expect(identity.username.hasPrefix("idp:"))
            #expect(identity.groups.allSatisfy { $0.hasPrefix("g:") })
            #expect(identity.expiry >= TestToken.now)
        }
    }

    @Test(.timeLimit(.minutes(1)))
    func survivesMutatedKeySets() throws {
        let keys = try TestKey.all.get()
        let jwks = try [keys.rsa, keys.p256, keys.p384, keys.p521, keys.ed25519].map { try $0.jwk() }
        let good = JSONWriter.bytes(of: ["keys": .array(jwks)])
        var random = SeededGenerator(seed: 44)
        for _ in 0..<1000 {
            _ = try? KeySet.parse(String(decoding: mutated(good, &random), as: UTF8.self))
        }
        for _ in 0..<500 {
            var key = jwks[Int.random(in: 0..<jwks.count, using: &random)]
            for name in ["kty", "crv", "x", "y", "n", "e", "kid", "alg", "use", "key_ops"]
            where Int.random(in: 0..<4, using: &random) == 0 {
                key[name] = nonsense(&random, depth: 0)
            }
            let set = try Bench.keySet([key])
            #expect(set.keys.count + set.unusable.count == 1)
        }
    }

    private func mutated(_ good: [UInt8], _ random: inout SeededGenerator) -> [UInt8] {
        let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_..=+/\0\"{}[],:".utf8)
        var bytes = good
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<5, using: &random) {
            case 0: bytes[position] = alphabet[Int.random(in: 0..<alphabet.count, using: &random)]
            case 1: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 2: bytes.remove(at: position)
            case 3: bytes.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &random)], at: position)
            default: bytes.swapAt(position, Int.random(in: 0..<bytes.count, using: &random))
            }
        }
        return bytes
    }

    private func nonsense(_ random: inout SeededGenerator, depth: Int) -> JSONValue? {
        switch Int.random(in: 0..<(depth < 3 ? 12 : 9), using: &random) {
        case 0: nil
        case 1: .null
        case 2: .bool(.random(using: &random))
        case 3: .integer(.random(in: .min ... .max, using: &random))
        case 4: .number(Double(bitPattern: random.next()).isFinite ? Double.random(in: -1e300...1e300, using: &random) : 0.5)
        case 5: .integer(TestToken.now + .random(in: -100...100, using: &random))
        case 6: "client"
        case 7: .string(String(decoding: (0..<8).map { _ in UInt8.random(in: 0...255, using: &random) }, as: UTF8.self))
        case 8: "a,,b, \u{0}"
        case 9, 10: .array((0..<3).compactMap { _ in nonsense(&random, depth: depth + 1) })
        default: ["groups": nonsense(&random, depth: depth + 1) ?? .null, "src1": ["endpoint": "https://x"]]
        }
    }
}
