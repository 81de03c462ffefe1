/// What authentication expressions may read, declared as Kubernetes declares it.
package enum AuthenticationVariables {
    /// The claims of a token. What a claim holds is known only when there is a token, so each is `any`.
    package static let claims = CELType.map(.string, .any)

    /// The mapped user (`authentication.k8s.io/v1`, `UserInfo`).
    package static let user = CELType.object(
        CELObjectType(
            name: "kubernetes.UserInfo",
            fields: ["username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.string, .list(.string))]
        )
    )

    /// What an external source of claims answered.
    package static let response = CELType.map(.string, .any)
}
