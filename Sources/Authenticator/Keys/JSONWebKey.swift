import Crypto
import CryptoExtras
import Foundation
import JSON

/// Reads one JWK (RFC 7517, RFC 7518 section 6, RFC 8037) and decides whether signatures are verified with it.
struct JSONWebKey {
    private let members: JSONObject
    private let keyID: String?

    static func verificationKey(_ value: JSONValue) throws(UnusableKey) -> VerificationKey {
        guard let members = value.objectValue else { throw UnusableKey(keyID: nil, reason: .notAnObject) }
        let key = JSONWebKey(members: members, keyID: members["kid"]?.stringValue)
        return try key.verificationKey()
    }

    private func verificationKey() throws(UnusableKey) -> VerificationKey {
        if let id = members["kid"], id.stringValue == nil { throw unusable(.malformed("kid")) }
        let material = try material()
        try checkPurpose()
        let algorithm = try algorithm(for: material)
        return VerificationKey(keyID: keyID, algorithm: algorithm, material: material)
    }

    private func unusable(_ reason: UnusableKey.Reason) -> UnusableKey { UnusableKey(keyID: keyID, reason: reason) }

    private func text(_ name: String) throws(UnusableKey) -> String {
        guard let value = members[name] else { throw unusable(.missing(name)) }
        guard let text = value.stringValue else { throw unusable(.malformed(name)) }
        return text
    }

    private func bytes(_ name: String) throws(UnusableKey) -> [UInt8] {
        guard let bytes = Base64URL.decode(try text(name).utf8) else { throw unusable(.malformed(name)) }
        return bytes
    }

    // MARK: What it is for

    private func checkPurpose() throws(UnusableKey) {
        if members["d"] != nil { throw unusable(.privateKeyPublished) }
        if let use = members["use"], use != "sig" {
            throw unusable(.notForSignatures("use \(JSONWriter.text(of: use).prefix(40))"))
        }
        if let operations = members["key_ops"] {
            guard let names = operations.arrayValue else { throw unusable(.malformed("key_ops")) }
            guard names.contains("verify") else { throw unusable(.notForSignatures("key_ops without verify")) }
        }
    }

    private func algorithm(for material: VerificationKey.Material) throws(UnusableKey) -> SignatureAlgorithm? {
        guard members["alg"] != nil else { return nil }
        let name = try text("alg")
        guard let algorithm = SignatureAlgorithm(rawValue: name), material.fits(algorithm) else {
            throw unusable(.algorithm(name))
        }
        return algorithm
    }

    // MARK: What it is

    private func material() throws(UnusableKey) -> VerificationKey.Material {
        let type = try text("kty")
        // As JSON values, which are compared byte for byte: to Swift's strings a Kelvin sign is a K.
        return switch JSONValue.string(type) {
        case "RSA": try rsa()
        case "EC": try ellipticCurve()
        case "OKP": try edwardsCurve()
        case "oct": throw unusable(.sharedSecret)
        default: throw unusable(.unknownKeyType(type))
        }
    }

    private func rsa() throws(UnusableKey) -> VerificationKey.Material {
        let modulus = try bytes("n").drop { $0 == 0 }
        let exponent = try bytes("e").drop { $0 == 0 }
        let bits = modulus.count * 8 - (modulus.first?.leadingZeroBitCount ?? 0)
        guard (2048...8192).contains(bits) else { throw unusable(.rsaSize(bits: bits)) }
        guard let last = modulus.last, last & 1 == 1 else { throw unusable(.rsaModulusEven) }
        // Longer exponents only cost time; the library takes up to 33 bits, practice knows 3 and 65537.
        guard exponent.count <= 4, let low = exponent.last, low & 1 == 1, exponent.count > 1 || low >= 3 else {
            throw unusable(.rsaExponent)
        }
        do {
            return .rsa(try _RSA.Signing.PublicKey(n: Array(modulus), e: Array(exponent)))
        } catch {
            throw unusable(.malformed("n"))
        }
    }

    private func ellipticCurve() throws(UnusableKey) -> VerificationKey.Material {
        let curve = try text("crv")
        let length =
            switch curve {
            case "P-256": 32
            case "P-384": 48
            case "P-521": 66
            default: throw unusable(.unknownCurve(curve))
            }
        let x = try bytes("x")
        let y = try bytes("y")
        guard x.count == length else { throw unusable(.malformed("x")) }
        guard y.count == length else { throw unusable(.malformed("y")) }
        // The initialisers check that the point is on the curve.
        do {
            switch length {
            case 32: return .p256(try P256.Signing.PublicKey(rawRepresentation: x + y))
            case 48: return .p384(try P384.Signing.PublicKey(rawRepresentation: x + y))
            default: return .p521(try P521.Signing.PublicKey(rawRepresentation: x + y))
            }
        } catch {
            throw unusable(.badPoint)
        }
    }

    private func edwardsCurve() throws(UnusableKey) -> VerificationKey.Material {
        let curve = try text("crv")
        guard curve == "Ed25519" else { throw unusable(.unknownCurve(curve)) }
        let point = try bytes("x")
        guard point.count == 32 else { throw unusable(.malformed("x")) }
        guard EdwardsPoint.isReduced(point), !EdwardsPoint.isOfSmallOrder(point) else { throw unusable(.badPoint) }
        do {
            return .ed25519(try Curve25519.Signing.PublicKey(rawRepresentation: point))
        } catch {
            throw unusable(.badPoint)
        }
    }
}
