import Testing
import Web

@testable import API

struct ObjectBodyTests {
    /// In the words of Kubernetes' strict decoding, which tools show as they are. Of other faults the body's own bytes are not told.
    @Test(arguments: [
        (#"{"spec":{"type":"OIDC","type":""}}"#, #"strict decoding error: duplicate field "spec.type""#),
        (#"{"spec":{"list":[{},{"a":1,"a":1}]}}"#, #"strict decoding error: duplicate field "spec.list[1].a""#),
        (#"{"a":1e400}"#, "the body of the request is a number is out of range (at byte 10)"),
    ])
    func refuses(_ body: String, _ message: String) throws {
        let error = try #require(throws: APIStatus.self) { try ObjectBody.json(Array(body.utf8)) }
        #expect(error.code == 400)
        #expect(error.message == message)
    }
}
