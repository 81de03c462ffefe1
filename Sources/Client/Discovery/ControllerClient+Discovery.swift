import JSON

extension ControllerClient {
    /// Asks the server which resources it serves: two requests where it knows aggregated discovery, one per group more where not.
    package func resources() async throws -> APIResources {
        let form = "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList"
        let accept = "\(form),application/json"
        let core = try await request("GET", ResourcePath(raw: "/api"), accept: accept)
        let groups = try await request("GET", ResourcePath(raw: "/apis"), accept: accept)
        return APIResources(try await coreResources(core) + groupResources(groups))
    }

    private func coreResources(_ document: JSONValue) async throws -> [APIResource] {
        if document["kind"]?.stringValue == "APIGroupDiscoveryList" { return APIResource.aggregated(document) }
        var resources: [APIResource] = []
        for version in document["versions"].stringValues {
            resources += APIResource.legacy(try await get(ResourcePath(raw: "/api/\(ResourcePath.escaped(version))")))
        }
        return resources
    }

    private func groupResources(_ document: JSONValue) async throws -> [APIResource] {
        if document["kind"]?.stringValue == "APIGroupDiscoveryList" { return APIResource.aggregated(document) }
        var resources: [APIResource] = []
        for group in document["groups"]?.arrayValue ?? [] {
            for version in group["versions"]?.arrayValue ?? [] {
                guard let name = group["name"]?.stringValue, let version = version["version"]?.stringValue else { continue }
                let path = "/apis/\(ResourcePath.escaped(name))/\(ResourcePath.escaped(version))"
                resources += APIResource.legacy(try await get(ResourcePath(raw: path)))
            }
        }
        return resources
    }
}
