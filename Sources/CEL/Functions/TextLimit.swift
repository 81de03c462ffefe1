/// How much one call may make. A price is known only afterwards, so what would be too long is refused before it is made.
enum TextLimit {
    /// In bytes: far more than any cost limit lets an expression read again.
    static let bytes = 16 << 20

    static func check(_ left: Int, _ right: Int, limit: Int = bytes) throws(CELEvaluationError) {
        guard left <= limit, right <= limit - left else { throw .costLimitExceeded }
    }
}
