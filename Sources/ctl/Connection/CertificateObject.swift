import Client
import Foundation
import JSON
import Schema

/// An object by which a certificate is asked for, from its creation until the controller has signed it.
struct CertificateObject: Sendable {
    private static let patience = Duration.seconds(30)

    let client: ControllerClient
    /// The kind's list.
    let list: ResourcePath
    let one: @Sendable (_ name: String) -> ResourcePath

    /// Creates the object and hands it over once it is signed. If anything goes wrong then, it is deleted: a certificate that nobody can use must
    /// not count.
    func issue(_ object: JSONValue, use: (_ signed: JSONValue) throws -> Void) async throws {
        let created = try await client.create(list, object)
        let name = created.value(at: "metadata", "name")?.stringValue ?? ""
        do {
            try use(try await signed(name))
        } catch {
            do {
                try await client.delete(one(name))
            } catch let failure {
                throw Failures([error, failure])
            }
            throw error
        }
    }

    private func signed(_ name: String) async throws -> JSONValue {
        let deadline = ContinuousClock.now + Self.patience
        while true {
            let object = try await client.get(one(name))
            if object.value(at: "status", "certificate")?.stringValue != nil { return object }
            let conditions = try object.value(at: "status", "conditions")?.decoded(as: [Condition].self) ?? []
            if let ready = conditions[type: "Ready"], ready.status == .false {
                let why = ready.message ?? ready.reason ?? "it was refused"
                throw CommandFailure("the certificate is refused: \(PrintableText.of(why))")
            }
            guard ContinuousClock.now < deadline else {
                throw CommandFailure(
                    "the controller has not signed the certificate after \(Self.patience.components.seconds) s"
                )
            }
            try await Task.sleep(for: .milliseconds(100))
        }
    }
}
