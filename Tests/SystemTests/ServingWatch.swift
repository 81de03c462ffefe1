import Foundation
import JSON

/// Looks at `Serving` while a test goes on, and asks the workers whether it is true.
final class ServingWatch {
    /// The condition and what it is about, in one look.
    private struct Reading: Equatable {
        let mode: String
        let generation: Int64
        /// True, and of the present generation.
        let isServing: Bool
    }

    private struct Worker {
        let mode: String
        let endpoint: String
        let isReady: Bool
    }

    let cluster: TestCluster
    /// A valid token of each mode that has any.
    var tokens: [String: String] = [:]
    /// How often `Serving` was true and all workers accepted the token, by mode.
    private(set) var accepted: [String: Int] = [:]
    private(set) var problems: [String] = []

    init(cluster: TestCluster) { self.cluster = cluster }

    /// Looks again and again until `condition` holds.
    func until(_ what: String, _ condition: () throws -> Bool) async throws {
        let deadline = ContinuousClock.now + .seconds(90)
        while true {
            try look()
            if try condition() { return }
            if ContinuousClock.now > deadline { throw NotInTime(what: what, limit: .seconds(90)) }
            await Task.yield()
        }
    }

    func isServing(_ mode: String) -> Bool { (try? reading()).map { $0.isServing && $0.mode == mode } ?? false }

    /// All workers answer, and judge by this mode.
    func isEverywhere(_ mode: String) throws -> Bool {
        let workers = try workers()
        return workers.count == cluster.workers && workers.allSatisfy { $0.isReady && $0.mode == mode }
    }

    func oauthServerAnswers() throws -> Bool { try answer(of: cluster.oauthURL + "/healthz", token: nil) != "000" }

    // MARK: - One look

    private func look() throws {
        try lookAtTheOAuthServer()
        let before = try reading()
        guard before.isServing else { return }
        guard let token = tokens[before.mode] else {
            problems.append("Serving is true in mode \(before.mode)")
            return
        }
        let answers = try workers().filter(\.isReady).map { worker in
            (worker.endpoint, try answer(of: worker.endpoint + "/auth", token: token))
        }
        // What was changed, or was told, in between says nothing; who does not answer any more has not been missed yet.
        guard try reading() == before else { return }
        let refusals = answers.filter { !["200", "000"].contains($0.1) }
        if !refusals.isEmpty {
            problems.append("Serving is true in mode \(before.mode), generation \(before.generation): \(refusals)")
        }
        if refusals.isEmpty, answers.contains(where: { $0.1 == "200" }) { accepted[before.mode, default: 0] += 1 }
    }

    /// A worker that needs it has it.
    private func lookAtTheOAuthServer() throws {
        func isNeeded() throws -> Bool { try workers().contains { $0.mode == "IntegratedOAuth" } }
        // Before and after: it may be parked as soon as the last worker has left.
        guard try isNeeded(), try !oauthServerAnswers(), try isNeeded() else { return }
        problems.append("a worker is in mode IntegratedOAuth, and the OAuth server does not answer")
    }

    private func reading() throws -> Reading {
        let object = try JSONParser.parse(try cluster.ctl("get", "authentication", "cluster", "-o", "json").output)
        let conditions = object.value(at: "status", "conditions")?.arrayValue ?? []
        let serving = conditions.first { $0["type"]?.stringValue == "Serving" }
        let generation = object.value(at: "metadata", "generation")?.integerValue ?? 0
        let mode = object.value(at: "spec", "type")?.stringValue ?? ""
        return Reading(
            mode: mode.isEmpty ? "IntegratedOAuth" : mode,
            generation: generation,
            isServing: serving?["status"]?.stringValue == "True" && serving?["observedGeneration"]?.integerValue == generation
        )
    }

    private func workers() throws -> [Worker] {
        let list = try JSONParser.parse(try cluster.ctl("get", "nodes", "-o", "json").output)
        return (list["items"]?.arrayValue ?? []).map { node in
            let conditions = node.value(at: "status", "conditions")?.arrayValue ?? []
            let ready = conditions.first { $0["type"]?.stringValue == "Ready" }
            return Worker(
                mode: node.value(at: "status", "authentication", "mode")?.stringValue ?? "",
                endpoint: node.value(at: "status", "authentication", "endpoint")?.stringValue ?? "",
                isReady: ready?["status"]?.stringValue == "True"
            )
        }
    }

    /// The status of the answer; 000: there is none.
    private func answer(of url: String, token: String?) throws -> String {
        let header = cluster.folder.appending(path: "header")
        try Data((token.map { "Authorization: Bearer \($0)\n" } ?? "").utf8).write(to: header)
        let arguments = [
            "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "--max-time", "5", "--cacert",
            cluster.data.appending(path: "pki/ca.crt").path, "-H", "@\(header.path)", url,
        ]
        return try cluster.run(URL(filePath: "/usr/bin/env"), arguments).output
    }
}
