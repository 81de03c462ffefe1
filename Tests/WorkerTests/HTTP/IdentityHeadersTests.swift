import Testing

@testable import Authenticator
@testable import Worker

struct IdentityHeadersTests {
    private static func identity(
        _ username: String = "jane",
        uid: String = "",
        groups: [String] = [],
        extra: [String: [String]] = [:]
    ) -> Identity {
        Identity(username: username, uid: uid, groups: groups, extra: extra, provider: "idp", keyID: nil, expiry: 0)
    }

    private static func lines(_ identity: Identity, _ form: IdentityHeaders.Form) -> [String] {
        IdentityHeaders(identity, form).fields.map { "\($0.0): \($0.1)" }
    }

    // MARK: Joined

    struct Joined: CustomTestStringConvertible, Sendable {
        let groups: [String]
        let header: String
        var testDescription: String { "\(groups)" }
    }

    static let joined = [
        Joined(groups: ["dev"], header: "dev"),
        Joined(groups: ["dev", "ops"], header: "dev,ops"),
        Joined(groups: ["dev,ops"], header: "dev%2Cops"),
        Joined(groups: ["a%2Cb"], header: "a%252Cb"),
        Joined(groups: ["/realm/team-a", "x@y.example", "urn:x:y_z~1"], header: "/realm/team-a,x@y.example,urn:x:y_z~1"),
        Joined(groups: [" a", "b c\t", "d\r\nX-Remote-User: e"], header: "%20a,b%20c%09,d%0D%0AX-Remote-User:%20e"),
        Joined(groups: ["ü", "🙂"], header: "%C3%BC,%F0%9F%99%82"),
        Joined(groups: ["a&b=c+d;e\"f"], header: "a%26b%3Dc%2Bd%3Be%22f"),
    ]

    @Test(arguments: joined)
    func joinsGroupsSoThatNoneIsTakenForTwo(_ c: Joined) {
        let identity = Self.identity(groups: c.groups)
        #expect(IdentityHeaders(identity, .joined).problem == nil)
        #expect(Self.lines(identity, .joined) == ["X-Remote-User: jane", "X-Remote-Groups: \(c.header)"])
    }

    @Test func joinsExtraByKey() {
        let identity = Self.identity(uid: "7", extra: ["b/k": ["1", "2&c=3"], "a=": ["x y"]])
        let extra = "X-Remote-Extra: a%3D=x%20y&b/k=1&b/k=2%26c%3D3"
        #expect(Self.lines(identity, .joined) == ["X-Remote-User: jane", "X-Remote-Uid: 7", extra])
    }

    // MARK: Repeated

    @Test func repeatsWhatKubernetesRepeats() {
        let identity = Self.identity(groups: ["a,b", "c"], extra: ["example.com/k": ["1", "2"], "Ü%": ["x"], "none": []])
        #expect(
            Self.lines(identity, .repeated) == [
                "X-Remote-User: jane", "X-Remote-Group: a,b", "X-Remote-Group: c",
                "X-Remote-Extra-example.com%2Fk: 1", "X-Remote-Extra-example.com%2Fk: 2", "X-Remote-Extra-%C3%9C%25: x",
            ]
        )
    }

    @Test func saysNothingAboutWhatThereIsNot() {
        for form in [IdentityHeaders.Form.joined, .repeated] {
            #expect(Self.lines(Self.identity(), form) == ["X-Remote-User: jane"])
        }
    }

    // MARK: What cannot travel

    struct Odd: CustomTestStringConvertible, Sendable {
        let text: String
        let isFit: Bool
        var testDescription: String { text.debugDescription }

        init(_ text: String, _ isFit: Bool) { (self.text, self.isFit) = (text, isFit) }
    }

    static let odd = [
        Odd("jane doe", true), Odd("Jäne", true), Odd("a\"b%c,d", true), Odd("j", true),
        Odd("jane ", false), Odd(" jane", false), Odd("\tjane", false), Odd(" ", false), Odd("a\nb", false), Odd("a\rb", false),
        Odd("a\r\nb", false), Odd("a\0b", false), Odd("a\tb", false), Odd("a\u{7F}", false), Odd("a\u{1B}[31m", false),
    ]

    @Test(arguments: odd)
    func refusesWhatHeadersWouldChange(_ c: Odd) {
        let reason = c.isFit ? nil : Refusal.Reason.identityUnfit
        for form in [IdentityHeaders.Form.joined, .repeated] {
            #expect(IdentityHeaders(Self.identity(c.text), form).problem?.reason == reason)
            #expect(IdentityHeaders(Self.identity(uid: c.text), form).problem?.reason == reason)
        }
        for identity in [Self.identity(groups: ["dev", c.text]), Self.identity(extra: ["k": ["v", c.text]])] {
            #expect(IdentityHeaders(identity, .repeated).problem?.reason == reason)
            #expect(IdentityHeaders(identity, .joined).problem == nil)
        }
    }

    @Test func refusesAGroupWithoutAName() {
        for form in [IdentityHeaders.Form.joined, .repeated] {
            #expect(IdentityHeaders(Self.identity(groups: ["dev", ""]), form).problem?.reason == .identityUnfit)
        }
    }

    /// All header lines together, as they go over the wire.
    @Test(arguments: [IdentityHeaders.Form.joined, .repeated])
    func takesSixteenKibibytes(_ form: IdentityHeaders.Form) {
        let name = form == .joined ? "X-Remote-Groups" : "X-Remote-Group"
        let rest = HTTPLimits.identityHeaderBytes - "X-Remote-User: jane\r\n\(name): \r\n".utf8.count
        let largest = Self.identity(groups: [String(repeating: "g", count: rest)])
        #expect(IdentityHeaders(largest, form).problem == nil)
        let larger = Self.identity(groups: [String(repeating: "g", count: rest + 1)])
        let problem = IdentityHeaders(larger, form).problem
        #expect(problem == Refusal(.identityTooLarge, "16385 bytes"))
    }

    /// It is what is sent that counts: encoded, a name may be three times as long.
    @Test func countsWhatIsSent() {
        let groups = [String(repeating: "ü", count: 3000)]
        #expect(IdentityHeaders(Self.identity(groups: groups), .repeated).problem == nil)
        #expect(IdentityHeaders(Self.identity(groups: groups), .joined).problem?.reason == .identityTooLarge)
    }
}
