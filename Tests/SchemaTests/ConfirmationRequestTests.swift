import JSON
import Testing

@testable import Schema

/// `postern.dev/confirm-within`: what is read wrongly would be no safety at all.
struct ConfirmationRequestTests {
    private static func asking(_ request: JSONValue) -> JSONValue {
        var object = authentication()
        object["metadata"]?["annotations"] = ["postern.dev/confirm-within": request]
        return object
    }

    @Test(arguments: ["10 x", "600", "86400 0c1f"])
    func takes(request: String) throws {
        #expect(try admission().problems(Self.asking(.string(request))) == [])
    }

    @Test(arguments: ["", "abc", "9 x", "-5 x", "86401 x", "1e3 x", "10m", " 10", "99999999999999999999 x"])
    func refuses(request: String) throws {
        let problems = try admission().problems(Self.asking(.string(request)))
        #expect(problems.count == 1)
        #expect(problems.first?.contains("must be a number of seconds from 10 to 86400") == true, "\(problems)")
    }

    /// An object that has a wrong one already can still be changed.
    @Test func letsAWrongOneStay() throws {
        let old = Self.asking("soon")
        var new = old
        new["metadata"]?["labels"] = ["a": "b"]
        #expect(try admission().problems(new, replacing: old) == [])
    }
}
