import JSON
import Schema
import Web

/// Everything the API tells about itself: discovery, OpenAPI, version.
struct PublicDocuments: Sendable {
    private let discovery: DiscoveryDocuments
    private let aggregated: AggregatedDiscovery
    private let openAPI: OpenAPIDocuments
    private let version: ServerVersion

    init(_ catalog: ResourceCatalog, version: ServerVersion) {
        let api = PublishedAPI(catalog)
        discovery = DiscoveryDocuments(api: api)
        aggregated = AggregatedDiscovery(api: api)
        openAPI = OpenAPIDocuments(catalog, api: api, serverVersion: version.gitVersion)
        self.version = version
    }

    func answer(_ target: RequestTarget, accept: MediaRange.List) throws(APIStatus) -> APIAnswer {
        switch target {
        case .root: return .json(["paths": .strings(paths)])
        case .version: return .json(version.document)
        case .coreVersions: return roots(discovery.coreVersions, core: true, accept)
        case .groups: return roots(discovery.groups, core: false, accept)
        case .group(let name): return try document(discovery.group(name))
        case .groupVersion(let group, let version):
            return try document(discovery.resources(.init(group: group, version: version)))
        case .openAPIIndex: return .json(openAPI.index)
        case .openAPIDocument(let group, let version):
            guard let bytes = openAPI.document(.init(group: group, version: version)) else { throw .noSuchPath }
            return APIAnswer(body: .bytes(bytes))
        case .openAPIVersion2:
            throw .notAcceptable("OpenAPI v2 is not served: use /openapi/v3")
        case .health, .resource: throw .noSuchPath
        }
    }

    private func roots(_ plain: JSONValue, core: Bool, _ accept: MediaRange.List) -> APIAnswer {
        guard let version = accept.aggregatedDiscovery else { return .json(plain) }
        let bytes = JSONWriter.bytes(of: aggregated.document(core: core, version: version))
        return APIAnswer(contentType: AggregatedDiscovery.contentType(version: version), body: .bytes(bytes))
    }

    private func document(_ value: JSONValue?) throws(APIStatus) -> APIAnswer {
        guard let value else { throw .noSuchPath }
        return .json(value)
    }

    private var paths: [String] {
        let groups = discovery.api.groups.flatMap { group -> [String] in
            let versions = group.versions.map { PublishedAPI.GroupVersion(group: group.name, version: $0) }.map {
                "/\($0.path)"
            }
            return group.name.isEmpty ? versions : ["/apis/\(group.name)"] + versions
        }
        return ["/api", "/apis"] + groups + ["/healthz", "/livez", "/openapi/v3", "/readyz", "/version"]
    }
}
