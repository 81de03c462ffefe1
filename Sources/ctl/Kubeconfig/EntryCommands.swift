import ArgumentParser
import Client
import Foundation
import JSON

struct GetClusters: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get-clusters", abstract: "Lists the clusters.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws { Terminal.output.write(KubeconfigText.names(try connection.files.load(), .clusters).text()) }
}

struct GetUsers: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "get-users", abstract: "Lists the users.")

    @OptionGroup var connection: ConnectionOptions

    func run() async throws { Terminal.output.write(KubeconfigText.names(try connection.files.load(), .users).text()) }
}

struct DeleteCluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete-cluster", abstract: "Removes a cluster.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.clusters) var name: String

    func run() async throws { try connection.files.remove(.clusters, name) }
}

struct DeleteUser: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "delete-user", abstract: "Removes a user.")

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.users) var name: String

    func run() async throws { try connection.files.remove(.users, name) }
}

struct SetCluster: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-cluster",
        abstract: "Creates a cluster, or changes what is said of one.",
        discussion: "ctl config set-cluster test --server=https://test:6443 --certificate-authority=ca.crt --embed-certs"
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.clusters) var name: String
    @Flag(help: "Store the certificate itself rather than its file's name.")
    var embedCerts = false

    func run() async throws {
        let files = connection.filesForWriting
        var cluster = try files.load()[.clusters, name] ?? [:]
        if let server = connection.server { cluster["server"] = .string(server) }
        try cluster.setFile("certificate-authority", connection.certificateAuthority, isEmbedded: embedCerts)
        if connection.certificateAuthority != nil { cluster["insecure-skip-tls-verify"] = nil }
        if connection.insecureSkipTLSVerify {
            cluster["insecure-skip-tls-verify"] = true
            // No client takes both.
            cluster["certificate-authority"] = nil
            cluster["certificate-authority-data"] = nil
        }
        try files.apply([.set(.clusters, name: name, cluster)])
        Terminal.output.line("Cluster \"\(name)\" set.")
    }
}

struct SetCredentials: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "set-credentials",
        abstract: "Creates a user, or changes what is said of one.",
        discussion: """
            ctl config set-credentials admin --client-certificate=admin.crt --client-key=admin.key --embed-certs
            ctl config set-credentials robot --token=…
            """
    )

    @OptionGroup var connection: ConnectionOptions
    @Argument(completion: Completions.users) var name: String
    @Option(help: ArgumentHelp("The user's certificate, as PEM.", valueName: "file"), completion: .file())
    var clientCertificate: String?
    @Option(help: ArgumentHelp("The certificate's key, as PEM.", valueName: "file"), completion: .file())
    var clientKey: String?
    @Flag(help: "Store certificate and key themselves rather than their files' names.")
    var embedCerts = false

    func run() async throws {
        let files = connection.filesForWriting
        var user = try files.load(findsPlugins: false)[.users, name] ?? [:]
        if let token = connection.token {
            user["token"] = .string(token)
            user["tokenFile"] = nil
        }
        try user.setFile("client-certificate", clientCertificate, isEmbedded: embedCerts)
        try user.setFile("client-key", clientKey, isEmbedded: embedCerts)
        try files.apply([.set(.users, name: name, user)])
        Terminal.output.line("User \"\(name)\" set.")
    }
}

extension JSONValue {
    /// Sets `NAME` to a file's absolute path, or `NAME-data` to what the file holds; nothing without a path.
    fileprivate mutating func setFile(_ name: String, _ path: String?, isEmbedded: Bool) throws {
        guard let path else { return }
        let content = try ManifestFiles.bytes(of: path)
        self[name] = isEmbedded ? nil : .string(URL(filePath: path).standardizedFileURL.path)
        self["\(name)-data"] = isEmbedded ? .string(Data(content).base64EncodedString()) : nil
    }
}

extension ConnectionOptions {
    /// The kubeconfig's files, where one named by `--kubeconfig` may be made now.
    var filesForWriting: KubeconfigFiles {
        KubeconfigFiles(flag: kubeconfig, environment: ProcessInfo.processInfo.environment, mayBeMissing: true)
    }
}

extension KubeconfigFiles {
    /// Where the entries are, for messages.
    var place: String { paths.joined(separator: ", ") }

    /// Removes an entry and says so; it is an error when there is none.
    func remove(_ section: Kubeconfig.Section, _ name: String) throws {
        let word = section == .contexts ? "context" : section == .clusters ? "cluster" : "user"
        guard try load()[section, name] != nil else { throw CommandFailure("cannot delete \(word) \(name), not in \(place)") }
        try apply([.remove(section, name: name)])
        Terminal.output.line("deleted \(word) \(name) from \(place)")
    }
}
