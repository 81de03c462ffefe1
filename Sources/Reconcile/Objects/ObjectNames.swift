import Schema

extension ResourceName {
    static let authentications = ResourceName(group: "config.openshift.io", plural: "authentications")
    static let oauths = ResourceName(group: "config.openshift.io", plural: "oauths")
    static let clusterOperators = ResourceName(group: "config.openshift.io", plural: "clusteroperators")
    static let kubeAPIServers = ResourceName(group: "operator.openshift.io", plural: "kubeapiservers")
    static let authenticationRevisions = ResourceName(group: "postern.dev", plural: "authenticationrevisions")
    static let rolloutPolicies = ResourceName(group: "postern.dev", plural: "rolloutpolicies")
    static let nodes = ResourceName(group: "", plural: "nodes")
    static let events = ResourceName(group: "", plural: "events")
}

extension ObjectID {
    static let authentication = ObjectID(.authentications, name: "cluster")
    static let kubeAPIServer = ObjectID(.kubeAPIServers, name: "cluster")
    static let rolloutPolicy = ObjectID(.rolloutPolicies, name: "cluster")

    static func revision(_ number: Int64) -> ObjectID {
        ObjectID(.authenticationRevisions, name: AuthenticationRevision.name(of: number))
    }
}

/// Annotations that carry what happened from one object to another.
enum Annotation {
    /// Who changed the spec last; stamped by the API.
    static let changedBy = "postern.dev/changed-by"
    /// The client it was done with; stamped by the API.
    static let changedWith = "postern.dev/changed-with"
    /// Why, in the administrator's own words; kubectl and ctl write it.
    static let changeCause = "kubernetes.io/change-cause"
    /// On a revision: the `forceRedeploymentReason` that was in force when it was made.
    static let forceReason = "postern.dev/force-redeployment-reason"
    /// On an Authentication: the `metadata.generation` by which the controller itself brought an earlier configuration back; another one is
    /// somebody else's. On a revision: that it was this one's.
    static let returnGeneration = "postern.dev/return-generation"
    /// On a revision: the controller itself brings an earlier configuration back by it.
    static let isReturn = "postern.dev/return"
}
