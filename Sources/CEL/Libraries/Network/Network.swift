extension Library {
    /// Kubernetes' `ip()` and `cidr()`.
    static let network = Library(
        functions: addressFunctions + blockFunctions,
        constants: ["net.IP": .ip, "net.CIDR": .cidr]
    )

    private static let addressFunctions = [
        FunctionDeclaration(
            "ip",
            Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in try IPAddress(text) },
            Overload.of(.member) { (block: AddressBlock) in block.address }
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
        FunctionDeclaration(
            "string",
            Overload.of(.function) { (address: IPAddress) in address.text },
            Overload.of(.function) { (block: AddressBlock) in block.text }
        ),
    ]

    private static let blockFunctions = [
        FunctionDeclaration(
            "cidr",
            Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in try AddressBlock(text) }
        ),
        FunctionDeclaration(
            "isCIDR",
            Overload.of(.function, cost: Cost.traversal) { (text: String) in
                isValid { () throws(CELEvaluationError) in _ = try AddressBlock(text) }
            }
        ),
        FunctionDeclaration(
            "containsIP",
            Overload.of(.member, cost: CallCost { prefix($0) }) { (block: AddressBlock, address: IPAddress) in
                block.contains(address)
            },
            Overload.of(.member, cost: CallCost { prefix($0).plus(Cost.tenth($0.second)) }) {
                (block: AddressBlock, text: String) throws(CELEvaluationError) in block.contains(try IPAddress(text))
            }
        ),
        FunctionDeclaration(
            "containsCIDR",
            Overload.of(.member, cost: CallCost { block($0) }) { (block: AddressBlock, other: AddressBlock) in block.contains(other) },
            Overload.of(.member, cost: CallCost { block($0).plus(Cost.tenth($0.second)) }) {
                (block: AddressBlock, text: String) throws(CELEvaluationError) in block.contains(try AddressBlock(text))
            }
        ),
        FunctionDeclaration("masked", Overload.of(.member) { (block: AddressBlock) in block.masked }),
        FunctionDeclaration("prefixLength", Overload.of(.member) { (block: AddressBlock) in Int64(block.prefixLength) }),
    ]

    /// Comparing the bytes of the prefix.
    private static func prefix(_ sizes: CallSizes) -> UInt64 { Cost.tenth(sizes.first.times(2)) }
    /// Masking one block as well.
    private static func block(_ sizes: CallSizes) -> UInt64 { prefix(sizes).plus(Cost.tenth(sizes.first)).plus(1) }

    private static func property(_ name: String, _ holds: @escaping @Sendable (IPAddress) -> Bool) -> FunctionDeclaration {
        FunctionDeclaration(name, Overload.of(.member) { (address: IPAddress) in holds(address) })
    }
}

/// Whether the closure ends without an error.
func isValid(_ parse: () throws(CELEvaluationError) -> Void) -> Bool {
    do {
        try parse()
        return true
    } catch {
        return false
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

extension AddressBlock: NativeValue {
    static var celType: CELType { .cidr }
    init?(_ value: CELValue) {
        guard case .opaque(.cidr(let block)) = value else { return nil }
        self = block
    }
    var celValue: CELValue { .opaque(.cidr(self)) }
}
