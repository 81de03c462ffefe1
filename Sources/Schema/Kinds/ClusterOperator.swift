/// A ClusterOperator of config.openshift.io/v1: how one part of the system fares.
package struct ClusterOperator: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var status: Status?

    package struct Status: Codable, Hashable, Sendable {
        package var conditions: [Condition]?
        package var versions: [Version]?
        package var relatedObjects: [RelatedObject]?

        package init(
            conditions: [Condition]? = nil,
            versions: [Version]? = nil,
            relatedObjects: [RelatedObject]? = nil
        ) {
            self.conditions = conditions
            self.versions = versions
            self.relatedObjects = relatedObjects
        }
    }

    package struct Version: Codable, Hashable, Sendable {
        /// `operator` stands for the whole.
        package var name: String
        package var version: String

        package init(name: String, version: String) {
            self.name = name
            self.version = version
        }
    }

    package struct RelatedObject: Codable, Hashable, Sendable {
        package var group: String
        package var resource: String
        package var namespace: String?
        package var name: String

        package init(group: String, resource: String, namespace: String? = nil, name: String) {
            self.group = group
            self.resource = resource
            self.namespace = namespace
            self.name = name
        }
    }
}
