import CELGenerators
import Foundation
import JSON
import Testing
import TokenGenerators

@testable import Authenticator

/// Random tokens, claims and key sets: an answer, never a trap, and never a yes that nobody signed. The seed is in the name of a failing
/// case. `make fuzz TARGET=tokens` does the same for as long as one likes.
struct TokenFuzzTests {
    private static let world = Result { try TokenWorld() }

    @Test(.timeLimit(.minutes(5)), arguments: UInt64(1)...10)
    func randomTokens(seed: UInt64) throws {
        let world = try Self.world.get()
        var numbers = SeededNumbers(seed: seed)
        var accepted = 0
        for _ in 0..<300 {
            let verdict = TokenVerdict(of: try TokenCase.make(in: world, &numbers), in: world)
            #expect(verdict.complaint == nil)
            if verdict.outcome == "accepted" { accepted += 1 }
        }
        // A generator whose tokens all fail early would find nothing.
        #expect((30...150).contains(accepted), "\(accepted) of 300")
    }

    @Test(.timeLimit(.minutes(5)), arguments: UInt64(1)...4)
    func bytesOfAFuzzer(seed: UInt64) throws {
        let world = try Self.world.get()
        var numbers = SeededNumbers(seed: seed)
        for _ in 0..<100 {
            let input = (0..<numbers.below(200)).map { _ in UInt8(numbers.below(256)) }
            for one in try TokenCase.cases(from: input, in: world) {
                #expect(TokenVerdict(of: one, in: world).complaint == nil)
            }
        }
    }

    /// Each key of a set is either usable or listed with a reason.
    @Test(.timeLimit(.minutes(5)))
    func randomKeySets() throws {
        let world = try Self.world.get()
        var numbers = SeededNumbers(seed: 1)
        for _ in 0..<500 {
            var key = try numbers.pick(numbers.pick(world.providers).keys).jwk()
            Nonsense.change(&key, .key, &numbers)
            let set = try KeySet.parse(JSONWriter.text(of: ["keys": [key]]))
            #expect(set.keys.count + set.unusable.count == 1)
        }
    }
}
