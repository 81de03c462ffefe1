import AsyncHTTPClient
import Certificates
import Foundation
import JSON
import NIOCore
import NIOFoundationCompat
import NIOHTTP1
import NIOSSL
import Testing

/// A real OpenID provider whose keys can be rotated: OpenBao in a process of its own, which keeps everything in memory.
///
/// alice logs in with a password, and gets ID tokens by the authorization code flow.
struct OpenBao: Sendable {
    /// Where the program is; nil: it is not installed here.
    static let program = ProcessInfo.processInfo.environment["POSTERN_BAO"].flatMap { $0.isEmpty ? nil : $0 }

    /// What OpenBao answered instead of what was asked of it.
    struct Refused: Error {
        let path: String
        let status: UInt
        let text: String
    }

    struct Token: Sendable {
        let text: String
        let keyID: String
    }

    static let redirect = "http://localhost:8080/callback"
    private static let password = "correct-horse-1"

    let folder: URL
    let port: Int
    private let client: HTTPClient
    private var web = (id: "", secret: "")
    private var alice = ""

    var issuer: String { "https://localhost:\(port)/v1/identity/oidc/provider/main" }
    var clientID: String { web.id }
    var authority: URL { folder.appending(path: "provider/ca.crt") }

    /// Runs a provider with the keys of one ES256 key ring for as long as `body` takes.
    static func with(_ body: (OpenBao) async throws -> Void) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-openbao-\(UUID().uuidString.prefix(8))")
        defer { try? FileManager.default.removeItem(at: folder) }
        let ports = try TestCluster.freePorts(2)
        let certificates = try ClusterCertificates.open(dataFolder: folder.path, now: Date())
        try certificates.equip(.worker(name: "provider"), folder: folder.appending(path: "provider").path, now: Date())
        var tls = TLSConfiguration.makeClientConfiguration()
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(certificates.authority.pem.utf8)))
        let client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
        var provider = OpenBao(folder: folder, port: ports[0], client: client)
        let process = try provider.start(plainPort: ports[1])
        do {
            try await eventually("OpenBao serves") {
                try await provider.call(.GET, "sys/health", token: "") != .null
            }
            try await provider.configure()
            try await body(provider)
        } catch {
            kill(process.processIdentifier, SIGKILL)
            try await client.shutdown()
            throw error
        }
        kill(process.processIdentifier, SIGKILL)
        process.waitUntilExit()
        try await client.shutdown()
    }

    private func start(plainPort: Int) throws -> Process {
        let certificate = folder.appending(path: "provider/serving")
        let configuration = """
            api_addr = "https://localhost:\(port)"
            listener "tcp" {
              address = "127.0.0.1:\(port)"
              tls_cert_file = "\(certificate.path).crt"
              tls_key_file = "\(certificate.path).key"
            }
            """
        let file = folder.appending(path: "bao.hcl")
        try Data(configuration.utf8).write(to: file)
        let process = Process()
        process.executableURL = Self.program.map { URL(filePath: $0) }
        process.arguments = [
            "server", "-dev", "-dev-root-token-id=root", "-dev-no-store-token", "-dev-listen-address=127.0.0.1:\(plainPort)",
            "-config=\(file.path)",
        ]
        process.environment = ["HOME": folder.path, "PATH": "/usr/bin:/bin"]
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        return process
    }

    // MARK: - Set up

    private mutating func configure() async throws {
        try await call(.POST, "sys/auth/userpass", ["type": "userpass"])
        let policy = #"path "identity/oidc/provider/+/authorize" { capabilities = ["read", "update"] }"#
        try await call(.POST, "sys/policies/acl/login", ["policy": .string(policy)])
        try await call(
            .POST,
            "auth/userpass/users/alice",
            ["password": .string(Self.password), "token_policies": "login"]
        )
        let mounts = try await call(.GET, "sys/auth")
        let accessor = try mounts.text("data", "userpass/", "accessor")
        let entity = try await call(.POST, "identity/entity", ["name": "alice"]).text("data", "id")
        let alias: JSONValue = [
            "name": "alice", "canonical_id": .string(entity), "mount_accessor": .string(accessor),
        ]
        try await call(.POST, "identity/entity-alias", alias)
        try await call(.POST, "identity/oidc/assignment/alice", ["entity_ids": [.string(entity)]])
        let ring: JSONValue = [
            "algorithm": "ES256", "allowed_client_ids": ["*"], "rotation_period": "1h", "verification_ttl": "2h",
        ]
        try await call(.POST, "identity/oidc/key/ring", ring)
        let application: JSONValue = [
            "redirect_uris": [.string(Self.redirect)], "assignments": ["alice"], "key": "ring", "id_token_ttl": "10m",
            "access_token_ttl": "10m", "client_type": "confidential",
        ]
        try await call(.POST, "identity/oidc/client/web", application)
        let made = try await call(.GET, "identity/oidc/client/web")
        web = (try made.text("data", "client_id"), try made.text("data", "client_secret"))
        try await call(.POST, "identity/oidc/provider/main", ["allowed_client_ids": ["*"]])
        let login = try await call(.POST, "auth/userpass/login/alice", ["password": .string(Self.password)], token: "")
        alice = try login.text("auth", "client_token")
    }

    // MARK: - What tests do with it

    /// A new ID token of alice's, signed by the present key.
    func token() async throws -> Token {
        let query = "scope=openid&response_type=code&client_id=\(web.id)&redirect_uri=\(Self.redirect)&state=s&nonce=n"
        let code = try await call(.GET, "identity/oidc/provider/main/authorize?\(query)", token: alice).text("code")
        var request = HTTPClientRequest(url: issuer + "/token")
        request.method = .POST
        let credentials = Data("\(web.id):\(web.secret)".utf8).base64EncodedString()
        request.headers.add(name: "Authorization", value: "Basic \(credentials)")
        request.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
        let form = "grant_type=authorization_code&code=\(code)&redirect_uri=\(Self.redirect)"
        request.body = .bytes(ByteBuffer(string: form))
        let token = try await send(request).text("id_token")
        let header = String(token.prefix { $0 != "." }).replacing("-", with: "+").replacing("_", with: "/")
        let padded = header + String(repeating: "=", count: (4 - header.utf8.count % 4) % 4)
        let bytes = try #require(Data(base64Encoded: padded))
        return Token(text: token, keyID: try JSONParser.parse(bytes).text("kid"))
    }

    /// The next key signs from now on, and the one after it is published.
    ///
    /// - Parameter verification: for how long tokens of the present key are to be good.
    func rotate(verification: String) async throws {
        try await call(.POST, "identity/oidc/key/ring/rotate", ["verification_ttl": .string(verification)])
    }

    func publishedKeyIDs() async throws -> Set<String> {
        let set = try await send(HTTPClientRequest(url: issuer + "/.well-known/keys"))
        return Set((set["keys"]?.arrayValue ?? []).compactMap { $0["kid"]?.stringValue })
    }

    // MARK: - Its API

    @discardableResult
    private func call(
        _ method: HTTPMethod,
        _ path: String,
        _ body: JSONValue? = nil,
        token: String = "root"
    ) async throws -> JSONValue {
        var request = HTTPClientRequest(url: "https://localhost:\(port)/v1/\(path)")
        request.method = method
        if !token.isEmpty { request.headers.add(name: "X-Vault-Token", value: token) }
        if let body { request.body = .bytes(ByteBuffer(bytes: JSONWriter.bytes(of: body))) }
        return try await send(request)
    }

    private func send(_ request: HTTPClientRequest) async throws -> JSONValue {
        let response = try await client.execute(request, timeout: .seconds(10))
        let body = try await response.body.collect(upTo: 1 << 20)
        guard (200..<300).contains(response.status.code) else {
            throw Refused(path: request.url, status: response.status.code, text: String(buffer: body))
        }
        return body.readableBytes == 0 ? .null : try JSONParser.parse(Array(body.readableBytesView))
    }
}

extension JSONValue {
    /// A text that must be there.
    fileprivate func text(_ path: String...) throws -> String {
        let value = path.reduce(self as JSONValue?) { $0?[$1] }
        return try #require(value?.stringValue, "\(path.joined(separator: ".")) in \(JSONWriter.text(of: self).prefix(300))")
    }
}
