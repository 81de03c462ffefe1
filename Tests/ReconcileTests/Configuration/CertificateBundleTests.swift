import Testing

@testable import Resolve

struct CertificateBundleTests {
    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let text: String
        let problem: CertificateBundle.Problem?
        var testDescription: String { name }
    }

    private static let begin = "-----BEGIN CERTIFICATE-----\n"
    private static let end = "\n-----END CERTIFICATE-----\n"

    static let cases = [
        Case(name: "one", text: Certificates.authority, problem: nil),
        Case(
            name: "two with words between",
            text: Certificates.authority + "\n# second\n" + Certificates.authority,
            problem: nil
        ),
        Case(name: "Windows line ends", text: Certificates.authority.replacing("\n", with: "\r\n"), problem: nil),
        Case(name: "empty", text: "", problem: CertificateBundle.Problem.none),
        Case(
            name: "a key",
            text: "-----BEGIN PRIVATE KEY-----\neA==\n-----END PRIVATE KEY-----",
            problem: CertificateBundle.Problem.none
        ),
        Case(name: "cut off", text: begin + "MAQCAgIC", problem: .unfinished),
        Case(name: "begins twice", text: begin + begin + "MAQCAgIC" + end, problem: .unfinished),
        Case(name: "not base64", text: begin + "!!!!" + end, problem: .notBase64(1)),
        Case(name: "nothing between", text: begin + end, problem: .notBase64(1)),
        Case(name: "not DER", text: begin + "aGVsbG8gd29ybGQ=" + end, problem: .notACertificate(1)),
        Case(
            name: "the second is shorter than it says",
            text: Certificates.authority + "\n" + begin + "MAQCAg==" + end,
            problem: .notACertificate(2)
        ),
    ]

    @Test(arguments: cases)
    func checks(_ c: Case) {
        var problem: CertificateBundle.Problem?
        do throws(CertificateBundle.Problem) { try CertificateBundle.check(c.text) } catch { problem = error }
        #expect(problem == c.problem)
    }
}
