import Testing

@testable import Worker

struct NodeReportTests {
    /// A worker whose address is taken must not count as one that answers.
    @Test func tellsNothingBeforeItsAddressIsOpen() async {
        let report = NodeReport()
        report.ring()
        var changes = report.changes.makeAsyncIterator()
        await changes.next()
        #expect(report.port == nil)
        // Opening asks for a report by itself: what was held back is told then.
        report.opened(port: 9443)
        await changes.next()
        #expect(report.port == 9443)
    }
}
