import Foundation

extension Library {
    /// Base64, which neither of Kubernetes' environments has.
    static let encoders = Library(functions: [
        FunctionDeclaration(
            "base64.encode",
            Overload.of(.function, cost: Cost.traversal) { (bytes: ByteString) in
                Data(bytes.bytes).base64EncodedString()
            }.sized { SizeRange(minimum: $0[0].minimum, maximum: $0[0].maximum.times(2).plus(4)) }
        ),
        FunctionDeclaration(
            "base64.decode",
            Overload.of(.function, cost: Cost.traversal) { (text: String) throws(CELEvaluationError) in
                // Padding may be left out.
                let missing = (4 - text.utf8.count % 4) % 4
                guard let data = Data(base64Encoded: text + String(repeating: "=", count: missing)) else {
                    throw .invalidArgument("illegal base64 data")
                }
                return ByteString(Array(data))
            }.sized { SizeRange(maximum: $0[0].maximum) }
        ),
    ])
}
