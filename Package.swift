// swift-tools-version: 6.2
import PackageDescription

// Each dependency has one line that says what it is for; docs/decisions tells why there are no others.
let dependencies: [Package.Dependency] = [
    .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),  // command lines
    .package(url: "https://github.com/apple/swift-asn1", from: "1.7.4"),  // PEM and DER for certificates
    .package(url: "https://github.com/apple/swift-atomics", from: "1.3.0"),  // the worker's atomic snapshot reference
    .package(url: "https://github.com/apple/swift-certificates", from: "1.21.1"),  // the controller's own CA
    .package(url: "https://github.com/apple/swift-collections", from: "1.6.0"),  // persistent dictionaries, deques
    .package(url: "https://github.com/apple/swift-crypto", from: "4.5.2"),  // signatures, digests, AES-GCM
    .package(url: "https://github.com/apple/swift-http-types", from: "1.8.0"),  // header names
    .package(url: "https://github.com/apple/swift-log", from: "1.16.2"),  // logs
    .package(url: "https://github.com/apple/swift-nio", from: "2.101.2"),  // event loops, the worker's HTTP pipeline
    .package(url: "https://github.com/apple/swift-nio-ssl", from: "2.37.6"),  // TLS
    .package(url: "https://github.com/apple/swift-protobuf", from: "1.39.0"),  // bodies of Kubernetes clients
    .package(url: "https://github.com/groue/GRDB.swift", from: "7.10.0"),  // SQLite
    .package(url: "https://github.com/hummingbird-project/hummingbird", from: "2.28.1"),  // HTTP routes
    .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),  // YAML
    .package(url: "https://github.com/swift-server/async-http-client", from: "1.37.0"),  // outgoing HTTPS
    .package(url: "https://github.com/swift-server/swift-service-lifecycle", from: "2.13.0"),  // who owns what runs
]

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

// MARK: - Products of other packages, by the name our targets use

let argumentParser: Target.Dependency = .product(name: "ArgumentParser", package: "swift-argument-parser")
let asn1: Target.Dependency = .product(name: "SwiftASN1", package: "swift-asn1")
let atomics: Target.Dependency = .product(name: "Atomics", package: "swift-atomics")
let collections: Target.Dependency = .product(name: "Collections", package: "swift-collections")
let crypto: Target.Dependency = .product(name: "Crypto", package: "swift-crypto")
let cryptoExtras: Target.Dependency = .product(name: "CryptoExtras", package: "swift-crypto")
let deque: Target.Dependency = .product(name: "DequeModule", package: "swift-collections")
let grdb: Target.Dependency = .product(name: "GRDB", package: "GRDB.swift")
let hashTrees: Target.Dependency = .product(name: "HashTreeCollections", package: "swift-collections")
let httpClient: Target.Dependency = .product(name: "AsyncHTTPClient", package: "async-http-client")
let httpTypes: Target.Dependency = .product(name: "HTTPTypes", package: "swift-http-types")
let hummingbird: Target.Dependency = .product(name: "Hummingbird", package: "hummingbird")
let hummingbirdCore: Target.Dependency = .product(name: "HummingbirdCore", package: "hummingbird")
let hummingbirdTesting: Target.Dependency = .product(name: "HummingbirdTesting", package: "hummingbird")
let hummingbirdTLS: Target.Dependency = .product(name: "HummingbirdTLS", package: "hummingbird")
let lifecycle: Target.Dependency = .product(name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging: Target.Dependency = .product(name: "Logging", package: "swift-log")
let nioCore: Target.Dependency = .product(name: "NIOCore", package: "swift-nio")
let nioEmbedded: Target.Dependency = .product(name: "NIOEmbedded", package: "swift-nio")
let nioFoundation: Target.Dependency = .product(name: "NIOFoundationCompat", package: "swift-nio")
let nioHTTP1: Target.Dependency = .product(name: "NIOHTTP1", package: "swift-nio")
let nioPosix: Target.Dependency = .product(name: "NIOPosix", package: "swift-nio")
let nioSSL: Target.Dependency = .product(name: "NIOSSL", package: "swift-nio-ssl")
let protobuf: Target.Dependency = .product(name: "SwiftProtobuf", package: "swift-protobuf")
let unixSignals: Target.Dependency = .product(name: "UnixSignals", package: "swift-service-lifecycle")
let x509: Target.Dependency = .product(name: "X509", package: "swift-certificates")
let yams: Target.Dependency = .product(name: "Yams", package: "Yams")

// MARK: - Our modules; Tests/ArchitectureTests holds who may import whom

func module(_ name: String, _ dependencies: [Target.Dependency], resources: [Resource]? = nil) -> Target {
    .target(name: name, dependencies: dependencies, resources: resources, swiftSettings: settings)
}

/// Relocations in their short form, and no table of symbols that nobody looks up: five megabytes less in each process.
let smallPrograms = LinkerSetting.unsafeFlags(
    ["-use-ld=lld", "-Xlinker", "-z", "-Xlinker", "pack-relative-relocs", "-Xlinker", "--no-export-dynamic"],
    .when(configuration: .release)
)

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(name: name, dependencies: dependencies, swiftSettings: settings, linkerSettings: [smallPrograms])
}

/// - Parameter exclude: folders of the tests that are no sources; the tests read them where they are.
func tests(
    _ name: String,
    _ dependencies: [Target.Dependency],
    exclude: [String] = [],
    resources: [Resource]? = nil
) -> Target {
    .testTarget(name: name, dependencies: dependencies, exclude: exclude, resources: resources, swiftSettings: settings)
}

let targets: [Target] = [
    // Two thin doors to C: RE2 (linear-time regular expressions) and Linux calls that Foundation does not have.
    .target(name: "CRE2", linkerSettings: [.linkedLibrary("re2")]),
    .target(name: "CZlib", linkerSettings: [.linkedLibrary("z")]),
    .target(name: "CLinux", linkerSettings: [.linkedLibrary("crypt")]),

    module("JSON", []),
    module("Durable", []),
    module("CEL", ["CRE2"]),
    module("Schema", ["JSON", "CEL", yams], resources: [.embedInCode("Manifests")]),
    module("Store", ["JSON", "Schema", "Durable", grdb, crypto, logging, atomics, hashTrees]),
    module("Snapshot", ["JSON", crypto]),
    module("AuthenticationFile", ["JSON", "CEL", "Schema", "Snapshot", x509, asn1]),
    module("Authenticator", ["JSON", "CEL", "Snapshot", crypto, cryptoExtras, atomics]),
    module("Discovery", ["JSON", "Snapshot", "Authenticator", httpClient, lifecycle, nioCore, nioPosix, nioSSL, nioHTTP1]),
    module("Resolve", ["JSON", "Schema", "Snapshot", "Authenticator"]),
    module(
        "Reconcile",
        [
            "JSON", "CEL", "Schema", "Store", "Snapshot", "Authenticator", "Resolve", "Certificates", lifecycle, logging,
            collections,
        ]
    ),
    module("IntegratedOAuth", ["JSON", "CLinux", crypto]),
    module("Certificates", ["Durable", x509, asn1, crypto, cryptoExtras]),
    module("Listening", [x509, asn1, nioCore, nioHTTP1]),
    module("WorkerArguments", ["Durable", "Listening", argumentParser]),
    module("Supervision", ["Durable", "CLinux", lifecycle, logging]),
    module(
        "Web",
        [
            "JSON", "Listening", "CZlib", hummingbird, hummingbirdCore, hummingbirdTLS, httpTypes, lifecycle, logging, nioCore,
            nioHTTP1, nioSSL,
        ]
    ),
    module("FieldManagement", ["JSON"]),
    .target(
        name: "KubernetesProtobuf",
        dependencies: ["JSON", protobuf],
        exclude: ["kubernetes.proto"],
        swiftSettings: settings
    ),
    module(
        "API",
        [
            "JSON", "Schema", "Store", "FieldManagement", "KubernetesProtobuf", "Listening", "Web", hummingbird, httpTypes,
            lifecycle, logging, atomics,
            nioCore,
        ]
    ),
    module("Client", ["JSON", "Schema", "Durable", httpClient, atomics, nioCore, nioPosix, nioSSL, nioFoundation, nioHTTP1]),

    program(
        "Controller",
        [
            "JSON", "Schema", "Store", "Snapshot", "Authenticator", "Discovery", "Reconcile", "API", "Listening", "Web",
            "Client", "Certificates", "CLinux", "Durable", "Supervision", "IntegratedOAuth", "WorkerArguments", argumentParser,
            lifecycle,
            unixSignals,
            logging,
            hummingbird, hummingbirdTLS,
            nioSSL, nioCore, nioPosix, crypto,
        ]
    ),
    program(
        "Worker",
        [
            "JSON", "Snapshot", "AuthenticationFile", "Authenticator", "Certificates", "Discovery", "Client", "Durable",
            "Listening",
            "Supervision", "WorkerArguments", argumentParser, lifecycle, unixSignals, logging, atomics, hashTrees, deque,
            nioCore, nioPosix,
            nioHTTP1,
            nioSSL, nioFoundation, crypto,
        ]
    ),
    program(
        "OAuthServer",
        [
            "JSON", "IntegratedOAuth", "Client", "Listening", "Web", "Supervision", argumentParser, lifecycle, unixSignals,
            logging, hummingbird, hummingbirdTLS, httpTypes, nioCore, nioSSL,
        ]
    ),
    program(
        "Conformance",
        [
            "JSON", "CEL", "Schema", "Snapshot", "AuthenticationFile", "Authenticator", "Discovery", "Certificates", nioCore,
            nioHTTP1,
            nioPosix, nioSSL,
        ]
    ),
    program(
        "ctl",
        [
            "JSON", "CEL", "Schema", "Snapshot", "AuthenticationFile", "Authenticator", "Resolve", "Discovery", "Client",
            "Certificates", "Durable", argumentParser, crypto,
        ]
    ),
]

// Random expressions and tokens, for the tests and for the programs of `make fuzz`.
let expressionGenerators = Target.target(
    name: "CELGenerators",
    dependencies: ["CEL"],
    path: "Tests/CELGenerators",
    swiftSettings: settings
)
let tokenGenerators = Target.target(
    name: "TokenGenerators",
    dependencies: ["JSON", "Snapshot", "Authenticator", "CELGenerators", crypto, cryptoExtras],
    path: "Tests/TokenGenerators",
    swiftSettings: settings
)

// Roll-outs with faults, for the tests and for `make simulate`.
let rolloutSimulation = Target.target(
    name: "RolloutSimulation",
    dependencies: ["Schema", "Reconcile"],
    path: "Tests/RolloutSimulation",
    swiftSettings: settings
)

let testTargets: [Target] = [
    expressionGenerators,
    tokenGenerators,
    rolloutSimulation,
    .executableTarget(
        name: "simulate",
        dependencies: ["Schema", "Reconcile", "RolloutSimulation"],
        path: "Tests/RolloutSoak",
        swiftSettings: settings,
        linkerSettings: [smallPrograms]
    ),
    tests("ArchitectureTests", []),
    tests("JSONTests", ["JSON"]),
    tests("FieldManagementTests", ["FieldManagement", "JSON"]),
    tests("KubernetesProtobufTests", ["KubernetesProtobuf", "JSON", protobuf]),
    tests("DurableTests", ["Durable"]),
    tests("CELTests", ["CEL", "CELGenerators"]),
    tests("SchemaTests", ["JSON", "CEL", "Schema"], exclude: ["Fixtures"]),
    tests("StoreTests", ["JSON", "Schema", "Store", grdb, logging]),
    tests("SnapshotTests", ["JSON", "Snapshot"]),
    tests(
        "AuthenticatorTests",
        ["JSON", "Snapshot", "Authenticator", "CELGenerators", "TokenGenerators", crypto, cryptoExtras, x509, asn1]
    ),
    tests("AuthenticationFileTests", ["JSON", "Schema", "Snapshot", "AuthenticationFile"]),
    tests(
        "DiscoveryTests",
        ["JSON", "Snapshot", "Authenticator", "Discovery", httpClient, nioCore, nioPosix, nioHTTP1, nioSSL, x509, asn1, crypto]
    ),
    tests(
        "ReconcileTests",
        [
            "JSON", "Schema", "Store", "Snapshot", "Authenticator", "Resolve", "Certificates", "Reconcile", "RolloutSimulation",
            crypto,
            cryptoExtras,
            lifecycle, logging,
        ]
    ),
    tests("IntegratedOAuthTests", ["JSON", "IntegratedOAuth", crypto]),
    tests("CertificatesTests", ["Certificates", x509, asn1, crypto, cryptoExtras]),
    tests("WorkerArgumentsTests", ["WorkerArguments", argumentParser]),
    tests("ListeningTests", ["Listening", x509, asn1, crypto]),
    tests("SupervisionTests", ["Supervision", lifecycle, logging]),
    tests(
        "APITests",
        [
            "JSON", "Schema", "Store", "Listening", "Web", "API", "Certificates", "Client", hummingbird, hummingbirdTesting,
            httpTypes, lifecycle, logging, nioCore, nioEmbedded, nioHTTP1, nioPosix,
            nioSSL,
        ]
    ),
    tests("ClientTests", ["JSON", "Schema", "Durable", "Client", nioCore, nioHTTP1, nioPosix]),
    tests(
        "WorkerTests",
        [
            "JSON", "Schema", "Snapshot", "Authenticator", "Certificates", "Durable", "Listening", "Reconcile",
            "WorkerArguments", "Worker",
            argumentParser, httpClient, lifecycle,
            logging, nioCore,
            nioEmbedded, nioHTTP1, nioSSL, atomics, crypto,
        ]
    ),
    tests(
        "ctlTests",
        [
            "JSON", "CEL", "Schema", "Snapshot", "AuthenticationFile", "Authenticator", "Client", "Certificates", "ctl",
            argumentParser, crypto,
        ],
        resources: [.copy("Golden")]
    ),
    tests(
        "ControllerTests",
        [
            "JSON", "Schema", "Store", "Listening", "API", "Web", "Supervision", "Certificates", "Reconcile", "Controller",
            argumentParser, lifecycle, logging,
        ]
    ),
    tests(
        "SystemTests",
        ["JSON", "Client", "Certificates", httpClient, nioCore, nioFoundation, nioHTTP1, nioSSL],
        exclude: [
            "Issuer", "ForwardAuth/upstream.py", "Clients/chart", "Clients/helm.txt", "Clients/kubectl.txt",
            "Clients/procedure.txt", "Clients/python_client.py", "Clients/crash_writes.py", "Clients/openapi_answers.py",
            "Clients/openapi_hooks.py",
        ]
    ),
]

// POSTERN_TESTS=CELTests (names, separated by commas) leaves out every other test and the programs: a quick build while working on one module.
let chosenTests = Context.environment["POSTERN_TESTS"].map { Set($0.split(separator: ",").map(String.init)) }
let programs = ["Controller", "Worker", "OAuthServer", "ctl", "Conformance"]
let isChosen: (Target) -> Bool = { target in
    guard let chosenTests else { return true }
    if target.name == "CELGenerators" { return !chosenTests.isDisjoint(with: ["CELTests", "AuthenticatorTests"]) }
    if ["RolloutSimulation", "simulate"].contains(target.name) { return chosenTests.contains("ReconcileTests") }
    if target.name == "TokenGenerators" { return chosenTests.contains("AuthenticatorTests") }
    if target.type == .test { return chosenTests.contains(target.name) }
    return !programs.contains(target.name) || chosenTests.contains("\(target.name)Tests")
}

// POSTERN_BENCHMARKS=1 adds the benchmarks; see docs/decisions/0008-benchmarks-in-the-package.md.
let benchmarks: [Target] =
    Context.environment["POSTERN_BENCHMARKS"] == nil
    ? []
    : [
        .target(name: "CAllocations", path: "Benchmarks/CAllocations"),
        .executableTarget(
            name: "HotPaths",
            dependencies: ["JSON", "CEL", "Snapshot", "Authenticator", "CAllocations", crypto],
            path: "Benchmarks/HotPaths",
            swiftSettings: settings
        ),
        // Workers without tokens, for Benchmarks/Rollout/run.py --simulated.
        .executableTarget(
            name: "fleet",
            dependencies: ["JSON", "Client", "Certificates", nioCore],
            path: "Benchmarks/Rollout/Fleet",
            swiftSettings: settings,
            linkerSettings: [smallPrograms]
        ),
    ]

// POSTERN_FUZZ=libfuzzer or soak: nothing but what is fed random input, and the programs that feed it. See `make fuzz`.
let fuzzMode = Context.environment["POSTERN_FUZZ"]

func fuzzProgram(_ soak: String, _ fuzz: String, folder: String, _ dependencies: [Target.Dependency]) -> Target {
    fuzzMode == "soak"
        ? .executableTarget(name: soak, dependencies: dependencies, path: "Tests/\(folder)Soak", swiftSettings: settings)
        : .executableTarget(
            name: fuzz,
            dependencies: dependencies,
            path: "Tests/\(folder)Fuzz",
            swiftSettings: settings,
            linkerSettings: [.unsafeFlags(["-use-ld=lld"])]
        )
}

let fuzzedModules: Set<String> = ["CRE2", "JSON", "CEL", "Snapshot", "Authenticator"]
let fuzzTargets: [Target] =
    targets.filter { fuzzedModules.contains($0.name) } + [
        expressionGenerators,
        tokenGenerators,
        fuzzProgram("soak", "fuzz", folder: "CEL", ["CEL", "CELGenerators"]),
        fuzzProgram("token-soak", "token-fuzz", folder: "Token", ["CELGenerators", "TokenGenerators"]),
    ]
let isFuzzing = fuzzMode != nil

let package = Package(
    name: "postern",
    products: chosenTests != nil || isFuzzing
        ? []
        : [
            .executable(name: "controller", targets: ["Controller"]),
            .executable(name: "authenticator", targets: ["Worker"]),
            .executable(name: "oauth-server", targets: ["OAuthServer"]),
            .executable(name: "ctl", targets: ["ctl"]),
            .executable(name: "conformance", targets: ["Conformance"]),
        ],
    dependencies: dependencies,
    targets: isFuzzing ? fuzzTargets : (targets + testTargets).filter(isChosen) + benchmarks,
    cxxLanguageStandard: .cxx17
)
