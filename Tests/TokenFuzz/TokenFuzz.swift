import Foundation
import TokenGenerators

/// Hands libFuzzer the judge of tokens; the arguments are libFuzzer's own.
@main
struct TokenFuzz {
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

private let world = Result { try TokenWorld() }

/// The first byte says what the rest is: a token, the claims or the header of a token that is signed well, or a key set.
private func testOneInput(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> CInt {
    do {
        let world = try world.get()
        let input = Array(UnsafeBufferPointer(start: bytes, count: count))
        for one in try TokenCase.cases(from: input, in: world) {
            guard let complaint = TokenVerdict(of: one, in: world).complaint else { continue }
            fail(complaint)
        }
    } catch {
        fail("\(error)")
    }
    return 0
}

/// libFuzzer keeps the input that made the process end.
private func fail(_ complaint: String) -> Never {
    FileHandle.standardError.write(Data("\(complaint)\n".utf8))
    abort()
}
