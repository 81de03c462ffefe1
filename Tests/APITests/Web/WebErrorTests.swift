import NIOCore
import NIOHTTP1
import NIOSSL
import Testing
import Web

/// What clients are told when their request breaks on the way: it is not the server's fault.
struct WebErrorTests {
    struct Odd: Error {}

    struct Case: CustomTestStringConvertible, Sendable {
        let error: any Error
        let code: Int
        var testDescription: String { "\(error)" }
    }

    @Test(arguments: [
        Case(error: HTTPParserError.invalidChunkSize, code: 400), Case(error: NIOSSLError.uncleanShutdown, code: 400),
        Case(error: ChannelError.eof, code: 400), Case(error: ChannelError.inputClosed, code: 400),
        Case(error: NIOTooManyBytesError(maxBytes: 1), code: 413), Case(error: CancellationError(), code: 503),
        Case(error: ChannelError.alreadyClosed, code: 500), Case(error: Odd(), code: 500),
    ])
    func haveTheRightCode(_ c: Case) {
        #expect(APIStatus(webError: c.error).code == c.code)
    }
}
