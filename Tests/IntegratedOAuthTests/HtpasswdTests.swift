import Testing

@testable import IntegratedOAuth

struct HtpasswdTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let line: String
        var testDescription: String { name }
    }

    /// Made by other programs: htpasswd's scheme by `openssl passwd -apr1`, bcrypt by crypt(3), SHA by sha1sum.
    static let hashes = [
        Case(name: "bcrypt 2b", line: "bob:$2b$05$abcdefghijklmnopqrstuuHNbAKRhpaujgo33bRWs.NLUTJO3lOy2"),
        Case(name: "Apache MD5", line: "bob:$apr1$abcdefgh$sIQmFnT1CuEXAsyjuXjUX/"),
        Case(name: "SHA", line: "bob:{SHA}L55TUjtiq8FBorTWAZ0jy6g129A="),
        Case(name: "with a carriage return", line: "bob:{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=\r"),
    ]

    @Test(arguments: hashes)
    func takesTheRightPasswordAndNoOther(_ c: Case) {
        let users = Htpasswd("# a comment\n\n\(c.line)\n")
        #expect(users.problems.isEmpty)
        #expect(users.verify(user: "bob", password: "correct horse"))
        #expect(!users.verify(user: "bob", password: "correct hors"))
        #expect(!users.verify(user: "bob", password: ""))
        #expect(!users.verify(user: "alice", password: "correct horse"))
    }

    @Test func takesAShortSalt() {
        #expect(Htpasswd("u:$apr1$xy$T6yk43HTfQwCY.mtbxwJ8/").verify(user: "u", password: "a"))
    }

    @Test func theLastOfTwoLinesCounts() {
        let users = Htpasswd("bob:{SHA}AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nbob:{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=")
        #expect(users.verify(user: "bob", password: "correct horse"))
    }

    @Test(arguments: [
        ("bob", 1, "not of the form"), ("a:b\nbob:aaaaaaaaaaaaa", 2, "crypt password hashes are not supported"),
        ("bob:$2y$05$short", 1, "damaged"), ("bob:$6$x$y", 1, "Unrecognized hash type"), (":x", 1, "not of the form"),
    ])
    func namesTheBadLine(_ text: String, line: Int, message: String) {
        let problem = Htpasswd(text).problems.last
        #expect(problem?.line == line)
        #expect(problem?.message.contains(message) == true)
    }

    @Test func aBadLineSpoilsNoOther() {
        #expect(Htpasswd("broken\nbob:{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=").verify(user: "bob", password: "correct horse"))
    }

    @Test func refusesNamesAndPasswordsThatCannotBe() {
        let users = Htpasswd("bob:{SHA}L55TUjtiq8FBorTWAZ0jy6g129A=")
        #expect(!users.verify(user: "bob:x", password: "correct horse"))
        #expect(!users.verify(user: "bob", password: "correct horse\0"))
        #expect(!users.verify(user: String(repeating: "a", count: 300), password: "correct horse"))
    }

    @Test func theDecoyIsARealHash() throws {
        #expect(PasswordHash.decoy.matches("x"))
    }
}
