extension Library {
    /// Kubernetes' `cidr()`.
    static let addressBlocks = Library(
        functions: [
            FunctionDeclaration(
                "cidr",
                Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in
                    try AddressBlock(text)
                }
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
                Overload.of(.member, cost: CallCost { block($0) }) { (block: AddressBlock, other: AddressBlock) in
                    block.contains(other)
                },
                Overload.of(.member, cost: CallCost { block($0).plus(Cost.tenth($0.second)) }) {
                    (block: AddressBlock, text: String) throws(CELEvaluationError) in block.contains(try AddressBlock(text))
                }
            ),
            FunctionDeclaration("masked", Overload.of(.member) { (block: AddressBlock) in block.masked }),
            FunctionDeclaration("prefixLength", Overload.of(.member) { (block: AddressBlock) in Int64(block.prefixLength) }),
            FunctionDeclaration("ip", Overload.of(.member) { (block: AddressBlock) in block.address }),
            FunctionDeclaration("string", Overload.of(.function) { (block: AddressBlock) in block.text }),
        ],
        constants: ["net.CIDR": .cidr]
    )

    /// Comparing the bytes of the prefix.
    private static func prefix(_ sizes: CallSizes) -> UInt64 { Cost.tenth(sizes.first.times(2)) }
    /// Masking one block as well.
    private static func block(_ sizes: CallSizes) -> UInt64 { prefix(sizes).plus(Cost.tenth(sizes.first)).plus(1) }
}

extension AddressBlock: NativeValue {
    static var celType: CELType { .cidr }
    init?(_ value: CELValue) {
        guard case .opaque(.cidr(let block)) = value else { return nil }
        self = block
    }
    var celValue: CELValue { .opaque(.cidr(self)) }
}
