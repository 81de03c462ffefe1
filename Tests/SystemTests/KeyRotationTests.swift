import AsyncHTTPClient
import Foundation
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL
import Synchronization
import Testing

/// Keys that a real provider rotates and withdraws while its users go on working.
@Suite(.systemTest, .serialized, .timeLimit(.minutes(8)), .enabled(if: OpenBao.program != nil))
struct KeyRotationTests {
    private static let workers = 2

    @Test func noGoodTokenIsRefusedAndAWithdrawnKeyIsForgotten() async throws {
        try await OpenBao.with { provider in
            try await TestCluster.with(workers: Self.workers) { cluster, _ in
                try await Self.configure(cluster, for: provider)
                let judge = try WorkerJudge(cluster, workers: Self.workers)
                do {
                    try await Self.rotate(provider, judge, cluster)
                } catch {
                    try await judge.close()
                    throw error
                }
                try await judge.close()
            }
        }
    }

    private static func rotate(_ provider: OpenBao, _ judge: WorkerJudge, _ cluster: TestCluster) async throws {
        let load = RotationLoad(provider: provider, judge: judge)
        try await load.running {
            let first = try await provider.token()
            try await load.hasMoved(by: 20)

            // The key that was published ahead signs now: every worker knows it already.
            try await provider.rotate(verification: "2h")
            let second = try await provider.token()
            #expect(second.keyID != first.keyID)
            try await load.hasMoved(by: 20)
            try await Self.learnt(provider, judge, cluster)

            // Out with it at once, as after a theft. Its tokens are no longer good ones, and all others are.
            load.withdraw(second.keyID)
            try await provider.rotate(verification: "0s")
            // OpenBao takes keys out of what it publishes once a minute.
            try await eventually("the provider has withdrawn the key", within: .seconds(80), pause: .seconds(1)) {
                !(try await provider.publishedKeyIDs().contains(second.keyID))
            }
            let third = try await provider.token()
            #expect(![first.keyID, second.keyID].contains(third.keyID))
            // OpenBao allows its keys to be kept for a minute.
            for worker in 0..<workers {
                try await eventually("worker \(worker) has forgotten the key", within: .seconds(62), pause: .seconds(1)) {
                    try await judge.status(of: second, at: worker) == 401
                }
            }
            try await Self.learnt(provider, judge, cluster)

            // Once more the quiet way; what is signed by the first key is as good as ever.
            try await provider.rotate(verification: "2h")
            let fourth = try await provider.token()
            try await load.hasMoved(by: 20)
            for token in [first, third, fourth] {
                for worker in 0..<workers { #expect(try await judge.status(of: token, at: worker) == 200) }
            }
        }
        #expect(load.refused == [])
        #expect(load.signers.count == 4)
    }

    /// Returns when every worker holds exactly the keys that are published. A token of nobody's key makes them look.
    private static func learnt(_ provider: OpenBao, _ judge: WorkerJudge, _ cluster: TestCluster) async throws {
        let published = try await provider.publishedKeyIDs()
        let began = Date()
        let header = Data(#"{"alg":"ES256","kid":"\#(UUID().uuidString)"}"#.utf8).base64EncodedString()
        let claims = Data(#"{"iss":"\#(provider.issuer)"}"#.utf8).base64EncodedString()
        let signature = String(repeating: "A", count: 86)
        let nobodys = "\(header).\(claims).\(signature)".replacing("=", with: "")
        for worker in 0..<workers {
            let status = try await judge.status(of: OpenBao.Token(text: nobodys, keyID: ""), at: worker)
            // "No" can be said only after the look.
            #expect(status == 503)
        }
        // How many keys there are does not tell which; the times of fetches are whole seconds.
        try await eventually("every worker knows the \(published.count) keys", within: .seconds(70), pause: .milliseconds(500))
        {
            try Self.fetches(cluster).allSatisfy { $0.keys == published.count && $0.time > began }
        }
    }

    private static func fetches(_ cluster: TestCluster) throws -> [(keys: Int, time: Date)] {
        let outcome = try cluster.ctl("get", "nodes", "-o", "json")
        let nodes = try JSONParser.parse(outcome.output)["items"]?.arrayValue ?? []
        return try nodes.map { node in
            let provider = node.value(at: "status", "authentication", "providers")?.arrayValue?.first
            let time = try provider?["lastFetchTime"]?.stringValue.map { try Date($0, strategy: .iso8601) }
            return (Int(provider?["keys"]?.integerValue ?? 0), time ?? .distantPast)
        }
    }

    private static func configure(_ cluster: TestCluster, for provider: OpenBao) async throws {
        let authority = "--from-file=ca-bundle.crt=\(provider.authority.path)"
        let made = try cluster.ctl("create", "configmap", "idp-ca", authority, "-n", "openshift-config")
        #expect(made.code == 0, "\(made.output)")
        let manifest = """
            apiVersion: config.openshift.io/v1
            kind: Authentication
            metadata:
              name: cluster
            spec:
              type: OIDC
              oidcProviders:
              - name: openbao
                issuer:
                  issuerURL: \(provider.issuer)
                  audiences: ["\(provider.clientID)"]
                  issuerCertificateAuthority: {name: idp-ca}
                claimMappings:
                  username: {claim: sub, prefixPolicy: Prefix, prefix: {prefixString: "bao:"}}
            """
        let file = cluster.folder.appending(path: "authentication.yaml")
        try Data(manifest.utf8).write(to: file)
        let applied = try cluster.ctl("apply", "-f", file.path)
        #expect(applied.code == 0, "\(applied.output)")
        try await eventually("the workers know the provider", within: .seconds(30)) {
            try cluster.isSettled() && Self.fetches(cluster).allSatisfy { $0.keys > 0 }
        }
    }
}

/// Asks workers as a proxy does.
private struct WorkerJudge: Sendable {
    private let client: HTTPClient
    private let urls: [String]

    init(_ cluster: TestCluster, workers: Int) throws {
        var tls = TLSConfiguration.makeClientConfiguration()
        let authority = cluster.data.appending(path: "pki/ca.crt")
        tls.trustRoots = .certificates(try NIOSSLCertificate.fromPEMBytes(Array(Data(contentsOf: authority))))
        client = HTTPClient(eventLoopGroupProvider: .singleton, configuration: .init(tlsConfiguration: tls))
        urls = (0..<workers).map { cluster.workerURL($0) }
    }

    /// The HTTP status of forward-auth: 200 is a yes.
    func status(of token: OpenBao.Token, at worker: Int) async throws -> UInt {
        var request = HTTPClientRequest(url: urls[worker] + "/auth")
        request.headers.add(name: "Authorization", value: "Bearer \(token.text)")
        let response = try await client.execute(request, timeout: .seconds(10))
        _ = try await response.body.collect(upTo: 1 << 16)
        return response.status.code
    }

    func everywhere(_ token: OpenBao.Token) async throws -> [UInt] {
        var statuses: [UInt] = []
        for worker in urls.indices { statuses.append(try await status(of: token, at: worker)) }
        return statuses
    }

    func close() async throws { try await client.shutdown() }
}

/// Users who get new tokens all the time, and use these and their older ones at every worker.
private final class RotationLoad: Sendable {
    private struct State {
        var judged = 0
        var refused: [String] = []
        var withdrawn: Set<String> = []
        var oldest: [String: OpenBao.Token] = [:]
    }

    private static let users = 4

    private let provider: OpenBao
    private let judge: WorkerJudge
    private let state = Mutex(State())

    init(provider: OpenBao, judge: WorkerJudge) { (self.provider, self.judge) = (provider, judge) }

    var refused: [String] { state.withLock { $0.refused } }
    /// The keys by which tokens were signed.
    var signers: Set<String> { state.withLock { Set($0.oldest.keys) } }

    /// From now on tokens of this key are not good ones.
    func withdraw(_ keyID: String) { state.withLock { _ = $0.withdrawn.insert(keyID) } }

    /// Returns when so many more tokens were judged.
    func hasMoved(by count: Int) async throws {
        let before = state.withLock { $0.judged }
        try await eventually("\(count) more tokens are judged") { self.state.withLock { $0.judged } >= before + count }
    }

    func running(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<Self.users {
                group.addTask {
                    while !Task.isCancelled {
                        await self.use()
                        // At their own pace: other tests run at the same time. Ends early only when the test is over.
                        try? await Task.sleep(for: .milliseconds(100))
                    }
                }
            }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func use() async {
        do {
            let token = try await provider.token()
            let known = state.withLock { state in
                if state.oldest[token.keyID] == nil { state.oldest[token.keyID] = token }
                return Array(state.oldest.values)
            }
            for token in known + [token] { note(try await judge.everywhere(token), token) }
        } catch {
            if !Task.isCancelled { state.withLock { $0.refused.append("\(error)") } }
        }
    }

    private func note(_ statuses: [UInt], _ token: OpenBao.Token) {
        state.withLock { state in
            state.judged += 1
            if statuses.contains(where: { $0 != 200 }), !state.withdrawn.contains(token.keyID) {
                state.refused.append("key \(token.keyID): \(statuses)")
            }
        }
    }
}
