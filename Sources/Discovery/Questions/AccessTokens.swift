import AsyncHTTPClient
import Authenticator
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL
import Snapshot
import Synchronization

/// Access tokens that we get for ourselves by the client credentials grant (RFC 6749 section 4.4), each kept until shortly before its end.
final class AccessTokens: Sendable {
    struct Token: Sendable {
        let token: Secret
        /// It was not fetched just now, so it may have been taken back since.
        let isOld: Bool
    }

    private struct Held {
        let token: Secret
        let goodUntil: Int64
    }

    /// A snapshot has few; this only bounds what a mistake could cost.
    private static let maximumHeld = 64
    /// Not used in its last seconds: the source has to look at it too.
    private static let margin: Int64 = 30
    private static let longestUse: Int64 = 3600
    /// For an answer that does not say how long the token is good.
    private static let defaultUse: Int64 = 60

    private let exchange: HTTPSExchange
    private let now: @Sendable () -> Int64
    private let held = Mutex<[ExternalClaimsSource.ClientCredential: Held]>([:])

    init(exchange: HTTPSExchange, now: @escaping @Sendable () -> Int64) {
        self.exchange = exchange
        self.now = now
    }

    func token(of credential: ExternalClaimsSource.ClientCredential, _ secret: Secret) async throws(ProviderFailure) -> Token {
        let time = now()
        if let known = held.withLock({ $0[credential] }), known.goodUntil > time {
            return Token(token: known.token, isOld: true)
        }
        let (token, lifetime) = try await fetch(credential, secret)
        let use = min(lifetime.map { $0 - max(Self.margin, $0 / 10) } ?? Self.defaultUse, Self.longestUse)
        held.withLock { held in
            held = held.filter { $0.value.goodUntil > time }
            if held.count < Self.maximumHeld { held[credential] = Held(token: token, goodUntil: time + use) }
        }
        return Token(token: token, isOld: false)
    }

    func forget(_ token: Secret, of credential: ExternalClaimsSource.ClientCredential) {
        held.withLock { if $0[credential]?.token == token { $0[credential] = nil } }
    }

    private func fetch(
        _ credential: ExternalClaimsSource.ClientCredential,
        _ secret: Secret
    ) async throws(ProviderFailure) -> (Secret, lifetime: Int64?) {
        let url = credential.tokenEndpoint
        let trust = try TLSConfiguration.trusting(credential.certificateAuthority, url: url)
        var request = HTTPClientRequest(url: url)
        request.method = .POST
        let pair = Self.form(Array(credential.clientID.utf8)) + ":" + Self.form(Self.trimmed(secret.expose()))
        request.headers.add(name: "Authorization", value: "Basic " + Data(pair.utf8).base64EncodedString())
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        var body = "grant_type=client_credentials"
        if !credential.scopes.isEmpty { body += "&scope=" + Self.form(Array(credential.scopes.joined(separator: " ").utf8)) }
        request.body = .bytes(ByteBuffer(string: body))
        let answer: HTTPSExchange.Answer
        do throws(ProviderFailure) {
            answer = try await exchange.send(request, trust)
        } catch {
            throw .unreachable(url: url, "the token endpoint: \(error.words)")
        }
        guard answer.status == 200 else {
            throw .unreachable(url: url, "the token endpoint answers with status \(answer.status)")
        }
        guard let document = try? JSONParser.parse(answer.body, limits: .init(bytes: 64 << 10, depth: 16)),
            let token = document["access_token"]?.stringValue, !token.isEmpty,
            token.utf8.allSatisfy({ (0x21...0x7E).contains($0) }),
            document["token_type"]?.stringValue?.lowercased() ?? "bearer" == "bearer"
        else { throw .malformed(url: url, "the token endpoint's answer holds no bearer token") }
        return (Secret(Array(token.utf8)), document["expires_in"]?.integerValue.map { max(0, $0) })
    }

    /// A file or an editor often leaves a line break at the end of a secret.
    private static func trimmed(_ secret: [UInt8]) -> [UInt8] {
        secret.last == 0x0A ? Array(secret.dropLast(secret.dropLast().last == 0x0D ? 2 : 1)) : secret
    }

    /// The encoding of `application/x-www-form-urlencoded`, which the parts of the `Basic` credential have too (RFC 6749 section 2.3.1).
    private static func form(_ bytes: [UInt8]) -> String {
        var output: [UInt8] = []
        let digits = Array("0123456789ABCDEF".utf8)
        for byte in bytes {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                output.append(byte)
            case 0x20: output.append(UInt8(ascii: "+"))
            default: output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
