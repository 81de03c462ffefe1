import Testing

@testable import Discovery

struct CacheControlTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let directives: [String]
        let age: Int64?
        var testDescription: String { directives.joined(separator: ", ") }
    }

    static let cases = [
        Case(directives: [], age: nil),
        Case(directives: ["public", "max-age=300"], age: 300),
        Case(directives: ["Max-Age=\"60\""], age: 60),
        Case(directives: ["max-age=300", "max-age=20"], age: 20),
        Case(directives: ["max-age=300", "no-store"], age: 0),
        Case(directives: ["no-cache"], age: 0),
        Case(directives: ["max-age=-1"], age: nil),
        Case(directives: ["max-age="], age: nil),
        Case(directives: ["max-age=99999999999999999999"], age: .max),
        Case(directives: ["s-maxage=5"], age: nil),
    ]

    @Test(arguments: cases)
    func reads(_ c: Case) { #expect(CacheControl.maxAge(c.directives) == c.age) }
}
