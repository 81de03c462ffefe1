import JSON

/// The files of `manifests/`, which the build puts into the binary.
///
/// The build makes one constant per file and no list of them, so the list is here; a test compares it with the folder.
enum EmbeddedManifests {
    static let definitionFiles: [(name: String, bytes: [UInt8])] = [
        ("authentication.crd.yaml", PackageResources.authentication_crd_yaml),
        ("authenticationrevision.crd.yaml", PackageResources.authenticationrevision_crd_yaml),
        ("breakglasscertificate.crd.yaml", PackageResources.breakglasscertificate_crd_yaml),
        ("clusteroperator.crd.yaml", PackageResources.clusteroperator_crd_yaml),
        ("clusterrole.crd.yaml", PackageResources.clusterrole_crd_yaml),
        ("clusterrolebinding.crd.yaml", PackageResources.clusterrolebinding_crd_yaml),
        ("configmap.crd.yaml", PackageResources.configmap_crd_yaml),
        ("event.crd.yaml", PackageResources.event_crd_yaml),
        ("group.crd.yaml", PackageResources.group_crd_yaml),
        ("identity.crd.yaml", PackageResources.identity_crd_yaml),
        ("kubeapiserver.crd.yaml", PackageResources.kubeapiserver_crd_yaml),
        ("lease.crd.yaml", PackageResources.lease_crd_yaml),
        ("namespace.crd.yaml", PackageResources.namespace_crd_yaml),
        ("node.crd.yaml", PackageResources.node_crd_yaml),
        ("oauth.crd.yaml", PackageResources.oauth_crd_yaml),
        ("oauthaccesstoken.crd.yaml", PackageResources.oauthaccesstoken_crd_yaml),
        ("oauthauthorizetoken.crd.yaml", PackageResources.oauthauthorizetoken_crd_yaml),
        ("oauthclient.crd.yaml", PackageResources.oauthclient_crd_yaml),
        ("role.crd.yaml", PackageResources.role_crd_yaml),
        ("rolebinding.crd.yaml", PackageResources.rolebinding_crd_yaml),
        ("rolloutpolicy.crd.yaml", PackageResources.rolloutpolicy_crd_yaml),
        ("secret.crd.yaml", PackageResources.secret_crd_yaml),
        ("user.crd.yaml", PackageResources.user_crd_yaml),
        ("workertoken.crd.yaml", PackageResources.workertoken_crd_yaml),
    ]

    static let defaultObjectFiles: [(name: String, bytes: [UInt8])] = [
        ("namespaces.yaml", PackageResources.namespaces_yaml),
        ("cluster.yaml", PackageResources.cluster_yaml),
        ("clusteroperators.yaml", PackageResources.clusteroperators_yaml),
        ("roles.yaml", PackageResources.roles_yaml),
    ]

    static func definitions() throws -> [ResourceDefinition] {
        guard let shared = try values(PackageResources.shared_yaml, named: "shared.yaml").first,
            let metadata = shared["metadata"]
        else { throw InvalidDefinition("shared.yaml has no schema for metadata") }
        return try definitionFiles.flatMap { file in
            try values(file.bytes, named: file.name).map {
                try ResourceDefinition(
                    customResourceDefinition: resolvingReferences(in: $0, to: shared),
                    metadataSchema: metadata
                )
            }
        }
    }

    static func values(_ bytes: [UInt8], named name: String) throws -> [JSONValue] {
        try ManifestReader.read(bytes, source: "manifests/\(name)").map(\.value)
    }

    /// Puts the shared schemas in place of `$ref: "#/name"`; what stands beside the reference wins over it.
    private static func resolvingReferences(in value: JSONValue, to shared: JSONValue) throws(InvalidDefinition) -> JSONValue {
        switch value {
        case .array(let values):
            return .array(try values.map { value throws(InvalidDefinition) in try resolvingReferences(in: value, to: shared) })
        case .object(let object):
            var result = JSONObject()
            if let reference = object["$ref"]?.stringValue {
                guard reference.hasPrefix("#/"), let target = shared[String(reference.dropFirst(2))]?.objectValue else {
                    throw InvalidDefinition("shared.yaml has no schema \(reference)")
                }
                result = target
            }
            for (name, member) in object where name != "$ref" {
                result[name] = try resolvingReferences(in: member, to: shared)
            }
            return .object(result)
        default:
            return value
        }
    }
}
