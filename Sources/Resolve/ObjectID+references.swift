package import Schema

extension ResourceName {
    package static let configMaps = ResourceName(group: "", plural: "configmaps")
    package static let secrets = ResourceName(group: "", plural: "secrets")
}

/// Where the objects are that an `Authentication` refers to.
extension ObjectID {
    /// Where administrators put what `Authentication` refers to.
    package static let configNamespace = "openshift-config"
    /// Where the controller publishes.
    package static let managedNamespace = "openshift-config-managed"
    /// The built-in OAuth server's discovery document.
    package static let oauthMetadata = ObjectID(.configMaps, namespace: managedNamespace, name: "oauth-openshift")

    package static func configMap(_ name: String) -> ObjectID {
        ObjectID(.configMaps, namespace: configNamespace, name: name)
    }

    package static func secret(_ name: String) -> ObjectID { ObjectID(.secrets, namespace: configNamespace, name: name) }
}
