import Listening
import Testing

struct ListenAddressTests {
    static let cases: [(String, ListenAddress?)] = [
        ("127.0.0.1:6443", ListenAddress(host: "127.0.0.1", port: 6443)), ("[::1]:0", ListenAddress(host: "::1", port: 0)),
        ("localhost:65535", ListenAddress(host: "localhost", port: 65535)), ("localhost:65536", nil), ("::1:80", nil),
        (":80", nil), ("", nil), ("host", nil), ("host:", nil), ("host:-1", nil),
    ]

    @Test(arguments: cases)
    func reads(_ text: String, _ address: ListenAddress?) {
        #expect(ListenAddress(text) == address)
        if let address { #expect(address.description == text) }
    }
}
