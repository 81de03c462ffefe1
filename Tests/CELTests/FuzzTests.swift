import CEL
import CELGenerators
import Testing

/// Random input is refused or runs; it never ends the process, hangs or costs more than its limit. The seed is in the name of a failing
/// case. `make fuzz` does the same for as long as one likes.
struct FuzzTests {
    @Test(arguments: UInt64(1)...20)
    func wordsInAnyOrder(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        for _ in 0..<50 { #expect(Verdict.complaint(about: RandomText.words(&numbers)) == nil) }
    }

    @Test(arguments: UInt64(1)...10)
    func bytesInAnyOrder(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        for _ in 0..<50 { #expect(Verdict.complaint(about: RandomText.bytes(&numbers)) == nil) }
    }

    @Test(arguments: UInt64(1)...20)
    func wellTypedPrograms(seed: UInt64) {
        var numbers = SeededNumbers(seed: seed)
        for _ in 0..<50 {
            let text = WellTypedProgram.expression(&numbers)
            #expect(Verdict.complaint(about: text, mustCompile: true) == nil)
        }
    }
}
