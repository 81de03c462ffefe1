import NIOHTTP1
import Schema
import Store
import Web

/// Gets of one object, answered from memory in front of the web framework.
///
/// It knows only the plainest case: the object as JSON, for the holder of a certificate, who may see it by the rules that hold for
/// every request. Whatever is refused, missing, asked for in another form or in somebody's name is nil, and goes the ordinary way.
struct ImmediateReads: Sendable {
    let store: any ObjectStore
    let catalog: ResourceCatalog
    let access: AccessControl
    let audit: AuditLog?
    let breakGlass: BreakGlassAccess
    let workers: WorkerAccess

    func answer(_ request: BodilessRequest) -> [UInt8]? {
        guard Self.isPlain(request.headers) else { return nil }
        let line = RequestLine(method: "GET", path: request.path)
        let caller = Caller(request.certificate)
        guard line.verb == .get, case .resource(let target)? = line.target, let name = target.name, target.subresource == nil,
            catalog.definition(group: target.group, version: target.version, plural: target.plural) != nil,
            access.allow(line.attempt, by: caller), breakGlass.refusal(of: caller, request.certificate) == nil,
            workers.refusal(of: request.certificate) == nil,
            let object = store.atHand(ObjectID(ResourceName(target), namespace: target.namespace, name: name))
        else { return nil }
        let json = object.json
        guard json.count < Gzip.smallest else { return nil }
        let userAgent = request.headers["User-Agent"].joined(separator: ", ")
        breakGlass.record(caller, request.certificate, address: request.address, userAgent: userAgent)
        var record = RequestAudit(
            audit,
            id: request.id,
            line: line,
            uri: request.path,
            userAgent: userAgent,
            address: request.address,
            forwardedFor: nil
        )
        record.arrive(caller)
        record.finish(.json(json))
        return json
    }

    /// Whether the sender speaks for itself and takes the object as it is.
    private static func isPlain(_ headers: HTTPHeaders) -> Bool {
        var accept: String?
        for (name, value) in headers {
            switch name.utf8.first {
            case UInt8(ascii: "a"), UInt8(ascii: "A"):
                guard name.lowercased() == "accept" else { continue }
                // Several are one list, which is for the ordinary way.
                guard accept == nil else { return false }
                accept = value
            case UInt8(ascii: "i"), UInt8(ascii: "I"), UInt8(ascii: "x"), UInt8(ascii: "X"):
                let name = name.lowercased()
                if name.hasPrefix("impersonate-") || name.hasPrefix("x-remote-") { return false }
            default: continue
            }
        }
        guard let accept, accept != "*/*", accept != "application/json" else { return true }
        let ranges = MediaRange.List(accept)
        return ranges.objectForm == .whole && !ranges.wantsYAML
    }
}
