import JSON
import Testing

@testable import Authenticator

/// What is kept of a token's claims, and above all what is not.
struct ClaimShapeTests {
    @Test func keepsNothingThatIsSomebodys() throws {
        let shape = try #require(
            ClaimShape(claims: [
                "iss": "https://idp.test", "aud": ["a", "b"], "azp": "client", "exp": 1_800_000_000, "iat": 1_700_000_000,
                "sub": "248289761001", "name": "Jane Doe", "email": "jane@example.org", "email_verified": true, "empty": "",
                "age": 37, "score": 1.5, "groups": ["admins", "ops", "a@b"], "none": [], "nothing": .null,
                "address": ["country": "NL", "lines": [["number": 3]]],
            ])
        )
        #expect(
            shape.claims == [
                "iss": "https://idp.test", "aud": ["a", "b"], "azp": "client", "sub": "sub", "name": "name", "email": "email@x",
                "email_verified": true, "empty": "", "age": 0, "score": 0, "groups": ["groups", "groups@x"], "none": [],
                "nothing": .null, "address": ["country": "country", "lines": [[:]]],
            ]
        )
    }

    @Test func isTheSameForManyPeople() {
        let first = ClaimShape(claims: ["iss": "i", "sub": "1", "groups": ["a"]])
        #expect(first == ClaimShape(claims: ["iss": "i", "sub": "2", "groups": ["b", "c"]]))
        #expect(first != ClaimShape(claims: ["iss": "i", "sub": "2", "groups": []]))
    }

    @Test func isNotKeptWhenItIsLarge() {
        let many = JSONObject((0..<65).map { ("claim\($0)", JSONValue.string("v")) })
        #expect(ClaimShape(claims: many) == nil)
        #expect(ClaimShape(claims: ["iss": .string(String(repeating: "i", count: 3_000))]) == nil)
        #expect(ClaimShape(token: Array("a.b.c".utf8)) == nil)
        #expect(ClaimShape(token: Array("sha256~opaque".utf8)) == nil)
    }

    @Test func nestedClaimsAreBounded() throws {
        var deep: JSONValue = "secret"
        for _ in 0..<30 { deep = ["a": deep] }
        let wide = JSONObject((0..<100).map { ("k\($0)", JSONValue.string("secret")) })
        let shape = try #require(ClaimShape(claims: ["deep": deep, "wide": .object(wide)]))
        #expect(!JSONWriter.text(of: .object(shape.claims)).contains("secret"))
        #expect(shape.claims["wide"]?.objectValue?.names.count == 16)
    }
}
