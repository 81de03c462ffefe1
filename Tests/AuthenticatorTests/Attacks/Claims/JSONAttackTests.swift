import Foundation
import JSON
import Snapshot
import Testing

@testable import Authenticator

/// Attacks 37 and 38: JSON that two readers understand differently, or that one of them does not survive.
struct JSONAttackTests {
    private static let head = #""iss":"https://idp.example","aud":"client","exp":1700003600"#

    private static func claims(_ name: String, _ verdict: Verdict = .notMine(.malformed), _ text: String) -> Attack {
        .signed("claims: \(name)", verdict) { $0.claimsText = text }
    }

    private static func header(_ name: String, _ verdict: Verdict = .refused(.malformed), _ text: String) -> Attack {
        .signed("header: \(name)", verdict) { $0.headerText = text }
    }

    // MARK: 37

    static let ambiguous: [Attack] = [
        claims("iss twice", text: #"{"iss":"https://evil.example",\#(head),"sub":"x"}"#),
        claims("sub twice, once escaped", text: #"{\#(head),"sub":"x","\u0073ub":"admin"}"#),
        claims("the same twice", text: #"{\#(head),"sub":"x","sub":"x"}"#),
        claims("twice within", text: #"{\#(head),"sub":"x","a":{"b":[{"c":1,"c":2}]}}"#),
        claims("a byte order mark", text: "\u{FEFF}" + #"{\#(head),"sub":"x"}"#),
        claims("a lone surrogate", text: #"{\#(head),"sub":"\ud800"}"#),
        claims("a lone low surrogate", text: #"{\#(head),"sub":"\udc00x"}"#),
        claims("surrogates in the wrong order", text: #"{\#(head),"sub":"\udc00\ud800"}"#),
        claims("half an escape", text: #"{\#(head),"sub":"\u00"}"#),
        claims("a raw NUL", text: #"{\#(head),"sub":""# + "\u{0}" + #""}"#),
        claims("a raw line break", text: #"{\#(head),"sub":"a"# + "\n" + #"b"}"#),
        claims("a comment", text: #"{\#(head),"sub":"x"/**/}"#),
        claims("a comma at the end", text: #"{\#(head),"sub":"x",}"#),
        claims("single quotes", text: #"{\#(head),'sub':'x'}"#),
        claims("two objects", text: #"{\#(head),"sub":"x"}{}"#),
        claims("a list", text: "[]"), claims("a string", text: #""x""#), claims("nothing", text: ""),
        claims("null", text: "null"),
        header("kid twice", text: #"{"alg":"ES256","kid":"p256","kid":"x"}"#),
        header("a list", text: #"["ES256"]"#), header("bytes behind", text: #"{"alg":"ES256","kid":"p256"} x"#),
        header("a byte order mark", text: "\u{FEFF}" + #"{"alg":"ES256","kid":"p256"}"#),
        header("a lone surrogate", text: #"{"alg":"ES256","kid":"p256","x":"\ud800"}"#),
        header("nothing", text: ""),
    ]

    private static func claims(_ name: String, text: String) -> Attack { claims(name, .notMine(.malformed), text) }
    private static func header(_ name: String, text: String) -> Attack { header(name, .refused(.malformed), text) }

    /// Names that resemble `sub` and are not.
    static let names: [Attack] = [
        "Sub", "SUB", "sub\u{0}", "sub ", " sub", "\u{455}ub", "su\u{1D5BB}", "s\u{200B}ub", "sub\u{301}", "sub[]",
        "claims.sub",
    ]
    .map { name in
        .signed("name: \(name.debugDescription)", .refused(.claimMissing)) {
            $0.claims["sub"] = nil
            $0.claims[name] = "admin"
        }
    }

    @Test("Attack 37: JSON with two meanings", arguments: ambiguous + names)
    func refusesAmbiguous(_ attack: Attack) throws { try attack.check() }

    /// Bytes that are no UTF-8: an overlong slash, a half sequence, a surrogate, a byte that never occurs, a number too large.
    @Test(
        "Attack 37: bytes that are no UTF-8",
        arguments: [[0xC0, 0xAF], [0xE2, 0x82], [0xED, 0xA0, 0x80], [0xFF], [0xF4, 0x90, 0x80, 0x80], [0x80]] as [[UInt8]]
    )
    func invalidText(bytes: [UInt8]) throws {
        try Attack("\(bytes)", .notMine(.malformed)) { keys in
            let claims = Array(#"{\#(Self.head),"sub":"a"#.utf8) + bytes + Array(#"b"}"#.utf8)
            let text = base64url(#"{"alg":"ES256","kid":"p256"}"#.utf8) + "." + base64url(claims)
            return text + "." + base64url(try keys.p256.signature(of: text, by: "ES256"))
        }
        .check()
    }

    // MARK: 38

    static let deep: [Attack] = [
        claims("5000 lists", text: #"{\#(head),"sub":"x","a":"# + nested("[", "]", 5000) + "}"),
        claims("1000 objects", text: #"{\#(head),"sub":"x","a":"# + nested(#"{"":"#, "}", 1000, core: "0") + "}"),
        claims("a list deeper than allowed", text: #"{\#(head),"sub":"x","a":"# + nested("[", "]", 33) + "}"),
        claims("lists without an end", text: #"{"a":"# + String(repeating: "[", count: 11_000)),
        header("1000 lists", text: #"{"alg":"ES256","kid":"p256","a":"# + nested("[", "]", 1000) + "}"),
        claims("an exponent of 1000 digits", text: #"{\#(head),"sub":"x","a":1e"# + String(repeating: "9", count: 1000) + "}"),
        claims("an integer of 10,000 digits", text: #"{\#(head),"sub":"x","a":"# + String(repeating: "9", count: 10_000) + "}"),
        claims(
            "a fraction of 10,000 digits",
            .accepted,
            #"{\#(head),"sub":"x","a":0."# + String(repeating: "1", count: 10_000) + "}"
        ),
        claims("a list as deep as allowed", .accepted, #"{\#(head),"sub":"x","a":"# + nested("[", "]", 32) + "}"),
        claims(
            "2000 members",
            .accepted,
            #"{\#(head),"sub":"x""# + (0..<900).map { #","m\#($0)":0"# }.joined() + "}"
        ),
    ]

    private static func nested(_ open: String, _ close: String, _ depth: Int, core: String = "") -> String {
        String(repeating: open, count: depth) + core + String(repeating: close, count: depth)
    }

    @Test("Attack 38: nesting and numbers that end programs", .timeLimit(.minutes(5)), arguments: deep)
    func refusesDeep(_ attack: Attack) throws { try attack.check() }
}
