import CEL
import CELGenerators
import Foundation

/// Hands libFuzzer the engine; the arguments are libFuzzer's own.
@main
struct Fuzz {
    static func main() {
        var count = CommandLine.argc
        var arguments: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = CommandLine.unsafeArgv
        exit(runFuzzer(&count, &arguments, testOneInput))
    }
}

/// libFuzzer's loop, for programs that have an entry point of their own.
@_silgen_name("LLVMFuzzerRunDriver")
private func runFuzzer(
    _ count: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>?>,
    _ test: @convention(c) (UnsafePointer<UInt8>?, Int) -> CInt
) -> CInt

/// Each input is tried as a text, and as the seed of a well-typed program.
private func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    let data = UnsafeBufferPointer(start: bytes, count: count)
    check(Verdict.complaint(about: String(decoding: data, as: UTF8.self)))
    var numbers = SeededNumbers(seed: data.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 })
    check(Verdict.complaint(about: WellTypedProgram.expression(&numbers), mustCompile: true))
    return 0
}

/// libFuzzer keeps the input that made the process end.
private func check(_ complaint: String?) {
    guard let complaint else { return }
    FileHandle.standardError.write(Data("\(complaint)\n".utf8))
    abort()
}
