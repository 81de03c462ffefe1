import Hummingbird
import Listening
import Testing
import Web

@Suite(.timeLimit(.minutes(5)))
struct ListenFailureTests {
    @Test func namesTheAddressThatIsTaken() async throws {
        try await LiveAPI.with { api in
            let second = WebServer(
                responder: Router(context: WebContext.self).buildResponder(),
                tls: nil,
                address: api.address,
                logger: LiveAPI.quiet
            )
            let failure = await #expect(throws: ListenFailure.self) { try await second.run() }
            #expect(
                failure?.description
                    == "cannot listen on \(api.address): Address already in use; choose another address with --listen"
            )
        }
    }
}
