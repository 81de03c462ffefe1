import Logging

/// One line in the log for every write: who wanted what, and what came of it. Never a body.
struct AuditLine: Sendable {
    let call: APICall
    let verb: Verb
    let target: ResourceTarget

    func write(code: Int, to logger: Logger) {
        guard verb.isWrite, !VirtualResource.all.contains(where: { $0.plural == target.plural }) else { return }
        let resource = target.group.isEmpty ? target.plural : "\(target.plural).\(target.group)"
        let object = [target.namespace, target.name].compactMap { $0 }.joined(separator: "/")
        var metadata: Logger.Metadata = [
            "user": .string(call.caller.username), "verb": .string(verb.rawValue), "code": "\(code)",
            "object": .string("\(resource)\(target.subresource.map { "/\($0)" } ?? "") \(object)"),
            "agent": .string(String(call.userAgent.prefix(128))),
        ]
        metadata["through"] = call.caller.actingThrough.map { .string($0) }
        // Heartbeats of workers come every few seconds and would drown the rest.
        let isHeartbeat = target.plural == "nodes" && target.subresource == "status" && code < 400
        logger.log(level: isHeartbeat ? .debug : .info, "audit", metadata: metadata)
    }
}
