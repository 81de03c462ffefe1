import Client
import Foundation
import Schema

/// The server's "no" to an object of a manifest, with everything that is wrong and where it stands in the file.
///
/// The server sees an object, not its file, and stops at the first kind of mistake. The same checks run here tell the rest.
struct ManifestRefusal: LocalizedError, Hashable {
    let text: String

    var errorDescription: String? { text }

    /// nil when the failure is not about the object's content, or when nothing wrong can be found in the manifest.
    init?(_ failure: APIFailure, of manifest: Manifest, namespace: String) {
        guard [400, 422].contains(failure.code), let catalog = try? ResourceCatalog.builtIn() else { return nil }
        // Whether several providers are allowed only the server knows.
        let admission = Admission(catalog: catalog, options: .init(multipleOIDCProviders: true))
        let verdict = ManifestVerdict.judge(manifest, previous: [], by: admission, namespace: namespace)
        guard let problems = verdict.problemText else { return nil }
        // What only the server found must not be lost.
        let isAllSaid = failure.causes.allSatisfy { problems.contains("\($0.field): ") }
        text = isAllSaid ? problems : "\(problems)\n\(FailureReport.text(failure))"
    }

    /// Does something with a manifest's object; a refusal for its content is thrown as a `ManifestRefusal`.
    ///
    /// - Parameter isStrict: whether an unknown field is a mistake.
    static func explaining<Result>(
        _ manifest: Manifest,
        _ session: Session,
        isStrict: Bool = true,
        _ body: () async throws -> Result
    ) async throws -> Result {
        do {
            return try await body()
        } catch let failure as APIFailure where isStrict {
            if let refusal = ManifestRefusal(failure, of: manifest, namespace: session.namespace) { throw refusal }
            throw failure
        }
    }
}
