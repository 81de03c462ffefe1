import Testing

@testable import Listening

struct AddressListTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let list: String
        let address: String
        let isInside: Bool
        var testDescription: String { "\(address) in \(list)" }
    }

    static let cases = [
        Case(list: "10.0.0.0/8", address: "10.255.1.2", isInside: true),
        Case(list: "10.0.0.0/8", address: "11.0.0.0", isInside: false),
        Case(list: "10.1.2.128/25", address: "10.1.2.127", isInside: false),
        Case(list: "10.1.2.128/25", address: "10.1.2.128", isInside: true),
        Case(list: "10.1.2.3", address: "10.1.2.3", isInside: true),
        Case(list: "10.1.2.3", address: "10.1.2.4", isInside: false),
        Case(list: "0.0.0.0/0", address: "8.8.8.8", isInside: true),
        Case(list: "0.0.0.0/0", address: "2001:db8::1", isInside: false),
        Case(list: "2001:db8::/33", address: "2001:db8:7fff::1", isInside: true),
        Case(list: "2001:db8::/33", address: "2001:db8:8000::1", isInside: false),
        Case(list: "127.0.0.0/8, ::1/128", address: "::1", isInside: true),
        Case(list: "10.0.0.0/8", address: "::ffff:10.0.0.1", isInside: true),
        Case(list: "", address: "127.0.0.1", isInside: false),
    ]

    @Test(arguments: cases)
    func contains(_ c: Case) throws {
        let list = try #require(AddressList(c.list))
        #expect(list.contains(try #require(IPAddress(c.address))) == c.isInside)
    }

    @Test(arguments: ["10.0.0.0/33", "10.0.0.0/", "10.0.0.0/-1", "::1/129", "localhost", "10.0.0/8", "1.2.3.4/8/9"])
    func refuses(text: String) { #expect(AddressList(text) == nil) }
}
