import Foundation
import Testing

/// The module map, in one place: what a module may import from this package. Data flows one way; see docs/architecture.md.
private let allowed: [String: Set<String>] = [
    "CRE2": [],
    "CLinux": [],
    "CZlib": [],
    "JSON": [],
    "Durable": [],
    "CEL": ["CRE2"],
    "Schema": ["JSON", "CEL"],
    "Store": ["JSON", "Schema", "Durable"],
    "Snapshot": ["JSON"],
    "AuthenticationFile": ["JSON", "CEL", "Schema", "Snapshot"],
    "Authenticator": ["JSON", "CEL", "Snapshot"],
    "Discovery": ["JSON", "Snapshot", "Authenticator"],
    "Resolve": ["JSON", "Schema", "Snapshot", "Authenticator"],
    "Reconcile": ["JSON", "CEL", "Schema", "Store", "Snapshot", "Authenticator", "Resolve", "Certificates"],
    "IntegratedOAuth": ["JSON", "CLinux"],
    "Certificates": ["Durable"],
    "Supervision": ["Durable", "CLinux"],
    "Listening": [],
    "WorkerArguments": ["Durable", "Listening"],
    "Web": ["JSON", "Listening", "CZlib"],
    "KubernetesProtobuf": ["JSON"],
    "FieldManagement": ["JSON"],
    "API": ["JSON", "Schema", "Store", "FieldManagement", "KubernetesProtobuf", "Listening", "Web"],
    "Client": ["JSON", "Schema", "Durable"],
    "Controller": [
        "JSON", "Schema", "Store", "Snapshot", "Authenticator", "Discovery", "Reconcile", "IntegratedOAuth", "API", "Listening",
        "Web", "Client",
        "Certificates", "CLinux", "Durable", "Supervision", "WorkerArguments",
    ],
    "Worker": [
        "JSON", "Snapshot", "AuthenticationFile", "Authenticator", "Certificates", "Discovery", "Client", "Durable",
        "Listening",
        "Supervision", "WorkerArguments",
    ],
    "OAuthServer": ["JSON", "IntegratedOAuth", "Client", "Listening", "Web", "Supervision"],
    "ctl": [
        "JSON", "CEL", "Schema", "Snapshot", "AuthenticationFile", "Authenticator", "Resolve", "Discovery", "Client",
        "Certificates", "Durable",
    ],
    "Conformance": ["JSON", "CEL", "Schema", "Snapshot", "AuthenticationFile", "Authenticator", "Discovery", "Certificates"],
]

/// Who may know the web framework, the database and outgoing HTTP: everybody else stays testable without a socket.
private let allowedLibraries: [String: Set<String>] = [
    "Hummingbird": ["Web", "API", "Controller", "OAuthServer"],
    "GRDB": ["Store"],
    "SwiftProtobuf": ["KubernetesProtobuf"],
    "AsyncHTTPClient": ["Discovery", "Client"],
    "Yams": ["Schema", "Client", "ctl"],
]

private let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

private struct SourceFile: CustomTestStringConvertible {
    let module: String
    let name: String
    let text: String
    var testDescription: String { name }
    var imports: Set<String> {
        var names: Set<String> = []
        for line in text.split(whereSeparator: \.isNewline) {
            let words: [Substring] = line.split(separator: " ")
            if let name = words.last, words.dropLast().last == "import" { names.insert(String(name)) }
        }
        return names
    }

    static func all() throws -> [SourceFile] {
        let sources = root.appending(path: "Sources")
        let names = try FileManager.default.subpathsOfDirectory(atPath: sources.path)
        // Generated code keeps the rules of who generates it.
        return try names.filter { $0.hasSuffix(".swift") && !$0.hasSuffix(".pb.swift") }.map { name in
            SourceFile(
                module: String(name.prefix { $0 != "/" }),
                name: name,
                text: try String(contentsOf: sources.appending(path: name), encoding: .utf8)
            )
        }
    }
}

struct ModuleMapTests {
    @Test func everyModuleIsOnTheMap() throws {
        let folders = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: "Sources").path)
        #expect(Set(folders) == Set(allowed.keys))
    }

    @Test func modulesImportOnlyWhatTheMapAllows() throws {
        for file in try SourceFile.all() {
            let ours = file.imports.intersection(allowed.keys)
            #expect(ours.isSubset(of: allowed[file.module] ?? []), "\(file.name) imports \(ours.sorted())")
        }
    }

    @Test func heavyLibrariesStayWhereTheyBelong() throws {
        for file in try SourceFile.all() {
            for (library, modules) in allowedLibraries where file.imports.contains(library) {
                #expect(modules.contains(file.module), "\(file.name) imports \(library)")
            }
        }
    }

    @Test func theMapHasNoCircle() {
        var known: Set<String> = []
        while let next = allowed.first(where: { !known.contains($0.key) && $0.value.isSubset(of: known) }) {
            known.insert(next.key)
        }
        #expect(known == Set(allowed.keys))
    }
}

struct SourceLimitsTests {
    @Test func filesCanBeSeenWhole() throws {
        for file in try SourceFile.all() {
            let lines = file.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).count
            #expect(lines <= 500, "\(file.name) has \(lines) lines")
        }
    }

    /// Each of these ends a program, hides a reason, or starts work that nobody owns.
    @Test(arguments: ["try!", "Task {", "Task.detached", "DispatchQueue", "fatalError(", "Thread.sleep", "usleep("])
    func sourcesAvoid(_ text: String) throws {
        for file in try SourceFile.all() {
            let code = file.text.split(whereSeparator: \.isNewline).filter { !$0.drop { $0 == " " }.hasPrefix("//") }
            // A task group's `addTask {` has an owner.
            for line in code where line.replacing("addTask {", with: "").contains(text) {
                #expect(line.contains("// proof:"), "\(file.name): \(line)")
            }
        }
    }

    @Test func uncheckedSendabilityIsProvedInPlace() throws {
        for file in try SourceFile.all() {
            let lines = file.text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline)
            for (index, line) in lines.enumerated() where line.contains("@unchecked Sendable") {
                let above = lines[max(0, index - 8)..<index].joined(separator: "\n")
                #expect(above.contains("//"), "\(file.name):\(index + 1) has no proof above it")
            }
        }
    }

    /// Without it they would wait for processes on the threads that all tests share.
    @Test func systemTestsHaveThreadsOfTheirOwn() throws {
        let folder = root.appending(path: "Tests/SystemTests")
        let names = try FileManager.default.subpathsOfDirectory(atPath: folder.path).filter { $0.hasSuffix("Tests.swift") }
        #expect(names.count > 10)
        for name in names {
            let text = try String(contentsOf: folder.appending(path: name), encoding: .utf8)
            #expect(text.contains("@Suite(.systemTest"), "\(name)")
        }
    }
}
