import JSON
package import Snapshot

/// A snapshot made ready for judging: every expression compiled, issuers found by name in constant time.
///
/// A class, so that whoever holds it for the time of a request copies one reference and not all its parts.
package final class CompiledSnapshot: Sendable {
    package let snapshot: WorkerSnapshot
    private let issuers: [ExactString: CompiledIssuer]

    /// Compiles without touching the network. Everything that is wrong is reported at once.
    package static func compile(_ snapshot: WorkerSnapshot) throws(SnapshotProblem) -> CompiledSnapshot {
        var compiler = SnapshotCompiler()
        let issuers = compiler.issuers(of: snapshot)
        guard compiler.problems.isEmpty else { throw SnapshotProblem(problems: compiler.problems) }
        return CompiledSnapshot(snapshot: snapshot, issuers: issuers)
    }

    private init(snapshot: WorkerSnapshot, issuers: [ExactString: CompiledIssuer]) {
        self.snapshot = snapshot
        self.issuers = issuers
    }

    /// The issuer whose tokens say `iss`. Google's tokens leave out the scheme in some of its products.
    func issuer(named iss: String) -> CompiledIssuer? {
        issuers[ExactString(iss.hasSameBytes(as: "accounts.google.com") ? "https://accounts.google.com" : iss)]
    }
}

/// Why a snapshot cannot be used: all that is wrong with it, each with its place.
package struct SnapshotProblem: Error, Hashable, Sendable, CustomStringConvertible {
    package struct Problem: Hashable, Sendable, CustomStringConvertible {
        /// `issuers[0].claimMappings.username.expression`
        package let path: String
        package let message: String

        package var description: String { "\(path): \(message)" }
    }

    package let problems: [Problem]

    package var description: String { problems.map(\.description).joined(separator: "; ") }
}
