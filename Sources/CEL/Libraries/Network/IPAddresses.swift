extension Library {
    /// Kubernetes' `ip()`.
    static let addresses = Library(
        functions: [
            FunctionDeclaration(
                "ip",
                Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in try IPAddress(text)
                }
            ),
            FunctionDeclaration(
                "isIP",
                Overload.of(.function, cost: Cost.traversal) { (text: String) in
                    isValid { () throws(CELEvaluationError) in _ = try IPAddress(text) }
                }
            ),
            FunctionDeclaration(
                "ip.isCanonical",
                Overload.of(.function, cost: Cost.twoTraversals) { (text: String) throws(CELEvaluationError) in
                    try IPAddress(text).text == text
                }
            ),
            FunctionDeclaration("family", Overload.of(.member) { (address: IPAddress) in Int64(address.isIPv4 ? 4 : 6) }),
            property("isUnspecified") { $0.isUnspecified },
            property("isLoopback") { $0.isLoopback },
            property("isLinkLocalMulticast") { $0.isLinkLocalMulticast },
            property("isLinkLocalUnicast") { $0.isLinkLocalUnicast },
            property("isGlobalUnicast") { $0.isGlobalUnicast },
            FunctionDeclaration("string", Overload.of(.function) { (address: IPAddress) in address.text }),
        ],
        constants: ["net.IP": .ip]
    )

    private static func property(_ name: String, _ holds: @escaping @Sendable (IPAddress) -> Bool) -> FunctionDeclaration {
        FunctionDeclaration(name, Overload.of(.member) { (address: IPAddress) in holds(address) })
    }
}

extension IPAddress: NativeValue {
    static var celType: CELType { .ip }
    init?(_ value: CELValue) {
        guard case .opaque(.ip(let address)) = value else { return nil }
        self = address
    }
    var celValue: CELValue { .opaque(.ip(self)) }
}
