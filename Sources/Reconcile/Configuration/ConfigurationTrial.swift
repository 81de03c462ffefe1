package import Authenticator
package import JSON
import Resolve
package import Store

/// Finds out what would become of an `Authentication`, and makes nothing of it: for dry runs.
///
/// It does what is done with one that is applied, up to the revision: references are resolved, and providers are asked.
package struct ConfigurationTrial: Sendable {
    /// What the sentences begin with that tell why a configuration would not come into force.
    static let failure = "preflight failed: "
    /// What the others begin with.
    static let note = "preflight: "
    /// What the one begins with that tells why nothing can be said.
    static let silence = "preflight was not run: "

    /// So many may ask providers at once; a dry run costs its sender nothing.
    static let limit = 64

    private let store: any ObjectStore
    private let providers: any ProviderSource
    private let now: @Sendable () -> Int64
    private let places = Places(limit)

    /// - Parameter now: seconds since 1970.
    package init(store: any ObjectStore, providers: any ProviderSource, now: @escaping @Sendable () -> Int64) {
        self.store = store
        self.providers = providers
        self.now = now
    }

    /// Sentences for whoever would like to apply this; none if all would be well. Takes as long as the slowest provider.
    package func sentences(about authentication: JSONValue) async -> [String] {
        guard await places.enter() else { return [Self.silence + "\(Self.limit) others are asking providers; try again"] }
        let sentences = await answer(authentication)
        await places.leave()
        return sentences
    }

    private func answer(_ authentication: JSONValue) async -> [String] {
        let world: ConfigurationWorld
        do {
            world = try await ConfigurationWorld.gather(from: store, for: authentication)
        } catch {
            return [Self.failure + "it cannot be read, or what it refers to: \(error)"]
        }
        let resolution = Resolution(of: world.spec, with: world.objects)
        guard resolution.problems.isEmpty else { return resolution.problems.map { Self.failure + $0.advice } }
        let report: Preflight.Report
        do {
            report = try await world.preflight(resolution.content, asking: providers, now: now())
        } catch {
            return [Self.failure + "it cannot be compared with the present revision: \(error)"]
        }
        return report.problems.map { Self.failure + $0.advice } + report.warnings.map { Self.note + $0 }
    }
}

/// So many may be inside; nobody waits.
private actor Places {
    private var free: Int

    init(_ count: Int) { free = count }

    func enter() -> Bool {
        guard free > 0 else { return false }
        free -= 1
        return true
    }

    func leave() { free += 1 }
}
