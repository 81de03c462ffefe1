import Testing

@testable import Client

struct PercentEncodingTests {
    @Test(arguments: [
        ("abc-._~XYZ019", "abc-._~XYZ019"), ("a b&c=d", "a%20b%26c%3Dd"), ("é", "%C3%A9"), ("\r\n", "%0D%0A"),
        ("system:admin", "system%3Aadmin"),
        ("%", "%25"), ("/../", "%2F..%2F"), ("", ""),
    ])
    func encodes(_ text: String, _ encoded: String) { #expect(PercentEncoding.encoded(text) == encoded) }

    @Test func leavesWhatIsToStand() { #expect(PercentEncoding.encoded("system:a/b", keeping: ":") == "system:a%2Fb") }

    @Test func joinsForms() { #expect(PercentEncoding.form([("a b", "1&2"), ("c", "")]) == "a%20b=1%262&c=") }
}
