import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdTesting
import JSON
import Listening
import Logging
import NIOCore
import NIOHTTP1
import Schema
import Store
import Testing
import Web

@testable import API

/// A whole API over a store in a scratch folder, asked through the router without a socket.
struct TestAPI: Sendable {
    let store: SQLiteStore
    let client: any TestClientProtocol
    /// Brings the roles and bindings that are stored into force; in the program this happens by itself.
    let roles: RoleWatch
    let immediate: ImmediateReads

    static let now: Int64 = 1_750_000_000
    static let admin = CertificateSubject(commonName: "system:admin", organizations: ["system:masters"])
    static let worker = CertificateSubject(commonName: "system:node:worker-0", organizations: ["system:nodes"])

    /// What came back.
    struct Reply: Sendable {
        let code: Int
        let headers: HTTPFields
        let text: String

        var json: JSONValue { (try? JSONParser.parse(text)) ?? .null }
        var message: String { json["message"]?.stringValue ?? "" }
        var reason: String { json["reason"]?.stringValue ?? "" }
        var warnings: [String] { headers[values: .warning] }
    }

    /// Runs `body` with an API that holds two namespaces and an empty `Authentication/cluster`.
    ///
    /// - Parameter through: what the API sees of the store.
    static func with(
        audit: AuditLog? = nil,
        tokenReviews: TokenReviews? = nil,
        workerCertificates: WorkerCertificates? = nil,
        trials: [DryRunTrial] = [],
        breakGlass: BreakGlassObservers = BreakGlassObservers(),
        through: (SQLiteStore) -> any ObjectStore = { $0 },
        _ body: @escaping @Sendable (TestAPI) async throws -> Void
    ) async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "postern-api-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let store = try SQLiteStore.open(path: folder.appending(path: "postern.db").path, key: .random(), logger: logger)
        let catalog = try ResourceCatalog.builtIn()
        let access = AccessControl(.builtIn)
        let roles = RoleWatch(store: store, access: access, logger: logger)
        let seen = through(store)
        let service = APIService(
            store: seen,
            catalog: catalog,
            admission: Admission(catalog: catalog),
            access: access,
            tokenReviews: tokenReviews,
            workerCertificates: workerCertificates,
            version: "0.0.0",
            health: [],
            trials: trials,
            now: { now }
        )
        let breakGlass = BreakGlassAccess(store: seen, observers: breakGlass, now: { now })
        let workers = WorkerAccess(store: seen, now: { now })
        let server = WebServer(
            responder: APIRoutes(service: service, audit: audit, breakGlass: breakGlass, workers: workers),
            tls: nil,
            address: ListenAddress(host: "127.0.0.1", port: 0),
            logger: logger,
            statusOf: { APIStatus.of($0) }
        )
        try await server.application().test(.router) { client in
            let silent = BreakGlassAccess(store: seen, observers: BreakGlassObservers(), now: { now })
            let immediate = ImmediateReads(
                store: seen,
                catalog: catalog,
                access: access,
                audit: nil,
                breakGlass: silent,
                workers: workers
            )
            let api = TestAPI(store: store, client: client, roles: roles, immediate: immediate)
            for name in ["openshift-config", "default"] {
                #expect(try await api.create("/api/v1/namespaces", namespace(name)).code == 201)
            }
            #expect(try await api.create(authentications, authentication).code == 201)
            // Without it `worker` would be nobody.
            #expect(try await api.create("/api/v1/nodes", node("worker-0")).code == 201)
            try await body(api)
        }
    }

    // MARK: - Requests

    func send(
        _ method: String,
        _ path: String,
        as subject: CertificateSubject? = admin,
        headers: [String: String] = [:],
        body: [UInt8]? = nil
    ) async throws -> Reply {
        let method = try #require(HTTPRequest.Method(method))
        var fields = HTTPFields()
        for (name, value) in headers { fields.append(HTTPField(name: try #require(HTTPField.Name(name)), value: value)) }
        let headers = fields
        let before = subject.flatMap { immediate.answer(method.rawValue, path, $0, headers) }
        let reply = try await ConnectionPeer.$current.withValue(ConnectionPeer(subject)) {
            try await client.execute(uri: path, method: method, headers: headers, body: body.map { ByteBuffer(bytes: $0) }) {
                response in
                Reply(code: response.status.code, headers: response.headers, text: String(buffer: response.body))
            }
        }
        // Whatever is answered in front of the web framework, in any test, is what the ordinary way answers.
        if let before {
            #expect(reply.code == 200 && reply.text == String(decoding: before, as: UTF8.self), "\(path)")
            #expect(reply.headers[.contentType] == "application/json" && reply.warnings.isEmpty)
        }
        return reply
    }

    func get(_ path: String, as subject: CertificateSubject? = admin, accept: String? = nil) async throws -> Reply {
        try await send("GET", path, as: subject, headers: accept.map { ["Accept": $0] } ?? [:])
    }

    func create(_ path: String, _ object: JSONValue, as subject: CertificateSubject? = admin) async throws -> Reply {
        try await send(
            "POST",
            path,
            as: subject,
            headers: ["Content-Type": "application/json"],
            body: JSONWriter.bytes(of: object)
        )
    }

    func update(_ path: String, _ object: JSONValue) async throws -> Reply {
        try await send("PUT", path, headers: ["Content-Type": "application/json"], body: JSONWriter.bytes(of: object))
    }

    func patch(
        _ path: String,
        _ patch: JSONValue,
        type: String = "merge-patch",
        as subject: CertificateSubject? = admin
    ) async throws -> Reply {
        try await send(
            "PATCH",
            path,
            as: subject,
            headers: ["Content-Type": "application/\(type)+json", "User-Agent": "kubectl/v1.34.0 (linux)"],
            body: JSONWriter.bytes(of: patch)
        )
    }

    // MARK: - Objects

    static let authentications = "/apis/config.openshift.io/v1/authentications"
    static let cluster = "/apis/config.openshift.io/v1/authentications/cluster"
    static let configMaps = "/api/v1/namespaces/openshift-config/configmaps"
    static let table = "application/json;as=Table;v=v1;g=meta.k8s.io,application/json"

    static let authentication: JSONValue = [
        "apiVersion": "config.openshift.io/v1", "kind": "Authentication", "metadata": ["name": "cluster"], "spec": [:],
    ]

    static func namespace(_ name: String) -> JSONValue {
        ["apiVersion": "v1", "kind": "Namespace", "metadata": ["name": .string(name)]]
    }

    static func node(_ name: String) -> JSONValue {
        ["apiVersion": "v1", "kind": "Node", "metadata": ["name": .string(name)]]
    }

    static func configMap(_ name: String, labels: JSONValue = [:], data: JSONValue = ["k": "v"]) -> JSONValue {
        [
            "apiVersion": "v1", "kind": "ConfigMap", "metadata": ["name": .string(name), "labels": labels], "data": data,
        ]
    }

    static let provider: JSONValue = [
        "name": "idp", "issuer": ["issuerURL": "https://idp.example", "audiences": ["a"]],
        "claimMappings": ["username": ["claim": "email"]],
    ]
}

extension ImmediateReads {
    /// What it says to a request of a test; nil for other methods than GET and for queries, which never get to it.
    func answer(_ method: String, _ path: String, _ subject: CertificateSubject, _ headers: HTTPFields) -> [UInt8]? {
        guard method == "GET", !path.contains("?") else { return nil }
        return answer(
            BodilessRequest(
                path: path,
                headers: HTTPHeaders(headers.map { ($0.name.rawName, $0.value) }),
                certificate: subject,
                address: nil,
                id: "1"
            )
        )
    }
}
