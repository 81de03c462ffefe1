package import CELGenerators
import JSON

/// One input: a token, and whether the provider that it may belong to published something odd.
package struct TokenCase: Sendable {
    package var token: [UInt8]
    /// Published by the provider at this place instead of its good set.
    package var jwks: (provider: Int, text: String)?
    /// Nothing was changed: a judge that refuses it would pass every other check, and be worthless.
    package var isGood = false

    package init(token: [UInt8]) { self.token = token }
}

extension TokenCase {
    package static func make(in world: TokenWorld, _ numbers: inout SeededNumbers) throws -> TokenCase {
        let place = numbers.below(world.providers.count)
        let provider = world.providers[place]
        var result: TokenCase
        switch numbers.below(20) {
        case 0: result = TokenCase(token: (0..<numbers.below(300)).map { _ in UInt8(numbers.below(256)) })
        case 1: result = TokenCase(token: (0..<numbers.below(300)).map { _ in numbers.pick(Nonsense.tokenAlphabet) })
        case 2:
            result = TokenCase(token: numbers.pick(provider.pool))
            result.isGood = true
            return result
        case 3, 4:
            result = TokenCase(token: numbers.pick(provider.pool))
            Nonsense.change(&result.token, Nonsense.tokenAlphabet, &numbers)
        case 5:
            result = TokenCase(token: try signed(world, provider, &numbers, changes: 0))
            result.isGood = true
            return result
        default:
            result = TokenCase(token: try signed(world, provider, &numbers, changes: 1 + numbers.below(3)))
            if numbers.below(12) == 0 { Nonsense.change(&result.token, Nonsense.tokenAlphabet, &numbers) }
        }
        if numbers.below(12) == 0 { result.jwks = (place, try keySet(world, provider, &numbers)) }
        return result
    }

    // MARK: Tokens

    /// A token of the provider, changed before it was signed, and perhaps signed by somebody else or by nobody.
    private static func signed(
        _ world: TokenWorld,
        _ provider: TokenWorld.Provider,
        _ numbers: inout SeededNumbers,
        changes: Int
    ) throws -> [UInt8] {
        var key = provider.keys[numbers.below(2)]
        let algorithm = numbers.pick(key.algorithms)
        var header: JSONValue = ["alg": .string(algorithm), "typ": "JWT"]
        if numbers.below(4) > 0 { header["kid"] = .string(key.kid) }
        var claims = TokenWorld.goodClaims(provider.issuerURL)
        var isForged = false
        for _ in 0..<changes {
            switch numbers.below(8) {
            case 0, 1, 2, 3: Nonsense.change(&claims, .claims, &numbers)
            case 4, 5: Nonsense.change(&header, .header, &numbers)
            case 6: key = numbers.pick(world.attacker + world.providers.flatMap { $0.keys.prefix(2) })
            default: isForged = true
            }
        }
        var parts = [JSONWriter.bytes(of: header), JSONWriter.bytes(of: claims)].map { Array($0) }
        if changes > 0, numbers.below(10) == 0 { Nonsense.change(&parts[numbers.below(2)], Nonsense.jsonAlphabet, &numbers) }
        let text = Array(parts.map { base64url($0) }.joined(separator: ".").utf8)
        let signature =
            isForged
            ? forgery(&numbers)
            : try key.signature(of: text, by: key.algorithms.contains(algorithm) ? algorithm : key.algorithms[0])
        return text + [UInt8(ascii: ".")] + base64url(signature).utf8
    }

    /// A signature that needs no key.
    private static func forgery(_ numbers: inout SeededNumbers) -> [UInt8] {
        switch numbers.below(6) {
        case 0: []
        case 1: [UInt8](repeating: 0, count: numbers.pick([1, 32, 64, 65, 96, 132, 256]))
        case 2: [1] + [UInt8](repeating: 0, count: 63)
        case 3: [UInt8](repeating: 0xFF, count: numbers.pick([64, 96, 256]))
        case 4: [0x30, 0x06, 0x02, 0x01, 0x00, 0x02, 0x01, 0x00]
        default: (0..<numbers.pick([64, 96, 256])).map { _ in UInt8(numbers.below(256)) }
        }
    }

    // MARK: Key sets

    private static func keySet(_ world: TokenWorld, _ provider: TokenWorld.Provider, _ numbers: inout SeededNumbers) throws
        -> String
    {
        var keys = try provider.keys.map { try $0.jwk() }
        for _ in 0...numbers.below(3) {
            let place = numbers.below(keys.count)
            switch numbers.below(6) {
            case 0: keys.append(keys[place])
            case 1: keys.remove(at: place)
            case 2: keys.append(Nonsense.value(&numbers))
            default: Nonsense.change(&keys[place], .key, &numbers)
            }
            if keys.isEmpty { keys.append(["kty": "oct", "k": "AA"]) }
        }
        var bytes = Array(JSONWriter.bytes(of: ["keys": .array(keys)]))
        if numbers.below(4) == 0 { Nonsense.change(&bytes, Nonsense.jsonAlphabet, &numbers) }
        return String(decoding: bytes, as: UTF8.self)
    }
}
