import Crypto

/// SHA-256 over some bytes as people and metrics read it: 64 hexadecimal digits in lower case.
package enum HexDigest {
    package static func sha256(of bytes: some Collection<UInt8>) -> String {
        let hex = SHA256.hash(data: Array(bytes)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: hex, as: UTF8.self)
    }

    /// `sha256:` and the digits, as Kubernetes' metrics show what is no label of its own.
    package static func prefixedSHA256(of bytes: some Collection<UInt8>) -> String { "sha256:" + sha256(of: bytes) }

    private static let digits = Array("0123456789abcdef".utf8)
}
