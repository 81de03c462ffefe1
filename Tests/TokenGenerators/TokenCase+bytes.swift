import CELGenerators
import JSON

extension TokenCase {
    /// What a fuzzer's bytes stand for: the first says what the rest is.
    package static func cases(from input: [UInt8], in world: TokenWorld) throws -> [TokenCase] {
        guard let first = input.first else { return [TokenCase(token: [])] }
        let place = Int(first >> 2) % world.providers.count
        let provider = world.providers[place]
        let rest = Array(input.dropFirst())
        let claims = JSONWriter.bytes(of: TokenWorld.goodClaims(provider.issuerURL))
        let key = provider.keys[0]
        switch first & 3 {
        case 0:
            var numbers = SeededNumbers(seed: rest.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
            return [TokenCase(token: rest), try make(in: world, &numbers)]
        case 1: return [try signed(header: goodHeader(key), claims: rest, by: key)]
        case 2: return [try signed(header: rest, claims: Array(claims), by: key)]
        default:
            var one = try signed(header: goodHeader(key), claims: Array(claims), by: key)
            one.jwks = (place, String(decoding: rest, as: UTF8.self))
            return [one]
        }
    }

    private static func goodHeader(_ key: SigningKey) -> [UInt8] {
        Array(JSONWriter.bytes(of: ["alg": .string(key.algorithms[0]), "kid": .string(key.kid)]))
    }

    private static func signed(header: [UInt8], claims: [UInt8], by key: SigningKey) throws -> TokenCase {
        let text = base64url(header) + "." + base64url(claims)
        let signature = try key.signature(of: Array(text.utf8), by: key.algorithms[0])
        return TokenCase(token: Array((text + "." + base64url(signature)).utf8))
    }
}
