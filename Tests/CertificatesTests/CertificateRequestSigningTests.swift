import Crypto
import Foundation
import SwiftASN1
import Testing
import X509

@testable import Certificates

/// Requests whose keys others have, and what becomes of them.
struct CertificateRequestSigningTests {
    private static let now = Date(timeIntervalSince1970: 1_800_000_000)
    private static let wanted = CertificateRequest(
        commonName: "break-glass:alice",
        organizations: ["system:masters"],
        use: .client,
        lifetime: 3600
    )

    private static func withAuthority(_ body: (CertificateAuthority) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-csr-\(UUID().uuidString)").path
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(try CertificateAuthority.open(folder: folder, now: now))
    }

    @Test func saysWhatTheControllerWantsAndNotWhatWasAskedFor() throws {
        try Self.withAuthority { authority in
            let key = try KeyAndRequest.make(commonName: "system:admin")
            let pem = try authority.sign(request: key.requestPEM, as: Self.wanted, now: Self.now)
            let certificate = try Certificate(pemEncoded: pem)
            #expect(certificate.subject == (try Self.wanted.distinguishedName))
            #expect(certificate.publicKey == (try Certificate.PrivateKey(pemEncoded: key.keyPEM)).publicKey)
            #expect(authority.certificate.publicKey.isValidSignature(certificate.signature, for: certificate))
            #expect(certificate.notValidAfter == Self.now.addingTimeInterval(3600))
            #expect(try certificate.extensions.extendedKeyUsage == ExtendedKeyUsage([.clientAuth]))
            #expect(try certificate.extensions.basicConstraints == .notCertificateAuthority)
            #expect(try certificate.extensions.subjectAlternativeNames == nil)
            let facts = try CertificateFacts(pem: pem)
            #expect(facts.commonName == "break-glass:alice" && facts.expiration == 1_800_003_600)
            #expect(!facts.serialNumber.isEmpty && !facts.serialNumber.hasPrefix("0"))
        }
    }

    @Test func aKeyIsNeverPrinted() throws {
        let key = try KeyAndRequest.make(commonName: "alice")
        var dumped = ""
        dump(key, to: &dumped)
        for text in ["\(key)", String(reflecting: key), dumped] { #expect(!text.contains("PRIVATE")) }
    }

    struct Case: CustomTestStringConvertible, Sendable {
        let name: String
        let request: String
        let refusal: RequestRefusal?
        var testDescription: String { name }
    }

    private static let good = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIICdTCCAV0CAQAwMDEXMBUGA1UECgwOc3lzdGVtOm1hc3RlcnMxFTATBgNVBAMM
        DHN5c3RlbTphZG1pbjCCASIwDQYJKoZIhvcNAQEBBQADggEPADCCAQoCggEBAMNN
        jrR5p41DzcU8UqMT7zDIJcJ4T53Txg5c2vh7NF2jh2TZzmj1ryxWZtd3tHzOcVHY
        21yKnaWk7Ju0/JguBo58+f1I3W6cJnKQi40ocCrhZQD3yNmbFe889cpw5Mjc/e2v
        L5HVjsKL0kuUK953vRta6Y5I4Ru8bAmgTmfvxtqNCef+O1HwGZtpIs9wpiehDXzt
        w8NoaRIvekFa1V/ODpGEJ+y+Sp8ZhNyjkZEGiNHnWKbCHbah2oMse51fLzhN3Mw6
        tQstIm1gP9a6E7+Mu9EpzzYYQkoHFl20X9S8jeDEMSOGijxpz9sOV9boATjn2sdj
        lSaIT4vCm+fZT9FghCMCAwEAAaAAMA0GCSqGSIb3DQEBCwUAA4IBAQCvmhZRI5Qt
        4wOjnZ1UN5ha6f5fVw+T82zpDbYadma7d/lNnBsND7mqroCzA2fujWTnM6LtjcCi
        0POsOPXF+N/H6PEEROc0bMHpsqf9Kmftr1uNfurPvXYqgbSQ3fteQ1LZKg+cnZ+I
        nxoD6jbp1KwYqVfjU4XGdhB5kkNI73Hu0IwRlrf3ZrauoYt/hs56+pqXP899hP6I
        8GYXWv2HLC29kJfd8XAi18xVxllZODLAE7gbZGCXXE9Z9mgSt56bQpD6Yp4wo9sU
        4uCGcu7Jmfet8TWsLukBWvFWoyUT/Rf8davOshKgq0aLk21SsbOGxln75mLhls9J
        tYK0NexituY3
        -----END CERTIFICATE REQUEST-----
        """

    private static let cases = [
        Case(name: "RSA of 2048 bits", request: good, refusal: nil),
        Case(name: "no request", request: "", refusal: .unreadable),
        Case(name: "something else", request: good.replacing("REQUEST", with: "THING"), refusal: .unreadable),
        Case(name: "another name within", request: replacing("system:admin", with: "system:alice"), refusal: .wrongSignature),
        Case(name: "P-521", request: p521, refusal: .unsupportedKey),
        Case(name: "Ed25519", request: ed25519, refusal: .unsupportedKey),
        Case(name: "RSA of 1024 bits", request: weak, refusal: .weakKey),
    ]

    @Test(arguments: cases) func signsOnlyForGoodKeysOfWhoeverAsks(_ c: Case) throws {
        try Self.withAuthority { authority in
            let refusal: RequestRefusal?
            do {
                _ = try authority.sign(request: c.request, as: Self.wanted, now: Self.now)
                refusal = nil
            } catch let problem as RequestRefusal {
                refusal = problem
            }
            #expect(refusal == c.refusal)
            if let refusal { #expect(!refusal.reason.contains(" ") && !refusal.description.isEmpty) }
        }
    }

    /// The good request with another text within, and the signature as it was.
    private static func replacing(_ text: String, with other: String) -> String {
        let base64 = good.split(separator: "\n").filter { !$0.hasPrefix("-") }.joined()
        var bytes = [UInt8](Data(base64Encoded: base64) ?? Data())
        if let range = bytes.firstRange(of: Array(text.utf8)) { bytes.replaceSubrange(range, with: Array(other.utf8)) }
        return PEMDocument(type: "CERTIFICATE REQUEST", derBytes: bytes).pemString
    }

    private static let p521 = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIIBTjCBsQIBADAMMQowCAYDVQQDDAF4MIGbMBAGByqGSM49AgEGBSuBBAAjA4GG
        AAQBP/JvSA4w5TVhz/eyOGI4CtPBwBoNddg2nRRv6xcwsm3QbW1fN09UBQ5znMop
        ICsS7AgVg/UIkZKpfMQR6X7AGf4BsFK7WJsqgEIbr6cR3gc27kSpJXR3cy9qJRYF
        iVyqFgjDt0UkoYpvJdRc2LVkFuxr0+LSBv5pQe5nrsOsnDsvCcOgADAKBggqhkjO
        PQQDAgOBiwAwgYcCQgCNGjBS+7hZMG08JJVkZH/ClEwVKhLsdR890CD/SE7uSahK
        PTc3RK0+d6bX/c2LJ3R04BIZCfDw9rLxhrdTlqlYZwJBKYsag29wzn/4Db0vg1RT
        76nEudWf3GeaU+S7/vrK7yFo0QVZZFsmOgpbgMj5xOl/sZ69YR1+OPw9+0K6bD2N
        KII=
        -----END CERTIFICATE REQUEST-----
        """

    private static let ed25519 = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIGLMD8CAQAwDDEKMAgGA1UEAwwBeDAqMAUGAytlcAMhANs39taf0duGZhr9YkpL
        T21O+16/Q5Rr3ZoZ+y1AENgOoAAwBQYDK2VwA0EAS+xLCMnwuRJVQvl5zfYBZcXb
        Ffa7Kb+R80bFWjTomlu8qXbNOsVjg03NC9iSmD6bLUYeDdcBJ+9fSMLDX6iYCw==
        -----END CERTIFICATE REQUEST-----
        """

    private static let weak = """
        -----BEGIN CERTIFICATE REQUEST-----
        MIIBSzCBtQIBADAMMQowCAYDVQQDDAF4MIGfMA0GCSqGSIb3DQEBAQUAA4GNADCB
        iQKBgQDS9jnBZ/C703mj3CDbW2uSeOgth3CyNl7TP784rQrCmpyjU/SwUdoKP/8L
        PAbUlTrgMnqsXasalajAQFzhhNcwaxZp13glS7NTWOweAf9xmib/Yj1iXoZPqv/P
        cIA4Wn5l06jfw5jezyjtwDN9LAP+cmxkUIkbft3a5SY7ZFH/nwIDAQABoAAwDQYJ
        KoZIhvcNAQELBQADgYEAwChL434CJfcKF2ywcRQVujmY3KTHGJdb4a9a1x4FQVHB
        BwHNblTjfmlQhQuAPFNYxmcj63SBzpks5O2x1YxwF+30lpuA5OwTj9AQtLNrar2b
        RbWNf5A7zPkW4wWZAJGxMGrCHmNzb7mns3kT9bW6HNrGhEJUOCzc4HChxlc351M=
        -----END CERTIFICATE REQUEST-----
        """
}
