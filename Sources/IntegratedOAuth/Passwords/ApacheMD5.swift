import Crypto
import Foundation

/// Apache's MD5 password scheme, `$apr1$`: a thousand rounds of MD5 over password and salt. No library at hand offers it.
enum ApacheMD5 {
    static func hash(password: [UInt8], salt: [UInt8]) -> String {
        var digest = firstRound(password: password, salt: salt)
        for round in 0..<1000 {
            var md5 = Insecure.MD5()
            md5.update(data: round % 2 == 1 ? password : digest)
            if round % 3 != 0 { md5.update(data: salt) }
            if round % 7 != 0 { md5.update(data: password) }
            md5.update(data: round % 2 == 1 ? digest : password)
            digest = Array(md5.finalize())
        }
        return "$apr1$\(String(decoding: salt, as: UTF8.self))$\(encoded(digest))"
    }

    private static func firstRound(password: [UInt8], salt: [UInt8]) -> [UInt8] {
        let inner = Array(Insecure.MD5.hash(data: password + salt + password))
        var md5 = Insecure.MD5()
        md5.update(data: password + Array("$apr1$".utf8) + salt)
        for start in stride(from: 0, to: password.count, by: 16) {
            md5.update(data: inner.prefix(min(16, password.count - start)))
        }
        var length = password.count
        while length > 0 {
            md5.update(data: length & 1 == 1 ? [0] : Array(password.prefix(1)))
            length >>= 1
        }
        return Array(md5.finalize())
    }

    /// The scheme's own base 64, least significant six bits first, over the digest's bytes in a fixed shuffle.
    private static func encoded(_ digest: [UInt8]) -> String {
        let alphabet = Array("./0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".utf8)
        var text: [UInt8] = []
        func append(_ value: UInt32, characters: Int) {
            var value = value
            for _ in 0..<characters {
                text.append(alphabet[Int(value & 0x3F)])
                value >>= 6
            }
        }
        for (first, second, third) in [(0, 6, 12), (1, 7, 13), (2, 8, 14), (3, 9, 15), (4, 10, 5)] {
            append(UInt32(digest[first]) << 16 | UInt32(digest[second]) << 8 | UInt32(digest[third]), characters: 4)
        }
        append(UInt32(digest[11]), characters: 2)
        return String(decoding: text, as: UTF8.self)
    }
}
