/// What came of trying the way in.
package struct BreakGlassTest: Hashable, Sendable {
    /// Seconds since 1970.
    package let time: Int64
    /// nil: it works.
    package let failure: String?

    package init(time: Int64, failure: String?) {
        self.time = time
        self.failure = failure
    }
}
