import JSON
import NIOHTTP1

/// How long an answer may be kept from now on (RFC 9111 section 4.2), as far as key sets need it.
enum Freshness {
    /// Seconds, never negative; nil when nothing is said.
    ///
    /// - Parameter now: seconds since 1970, for answers that do not say when they were made.
    static func lifetime(_ headers: HTTPHeaders, now: Int64) -> Int64? {
        let given = CacheControl.maxAge(headers[canonicalForm: "Cache-Control"].map { String($0) }) ?? expiry(headers, now: now)
        guard let given else { return nil }
        // What a cache on the way has kept it for already is over.
        let age = headers["Age"].compactMap { Int64($0) }.max() ?? 0
        return max(0, given - max(0, age))
    }

    /// An `Expires` that is not a date, such as 0, means that it is over (RFC 9111 section 5.3).
    private static func expiry(_ headers: HTTPHeaders, now: Int64) -> Int64? {
        guard let text = headers.first(name: "Expires") else { return nil }
        guard let end = seconds(ofDate: text) else { return 0 }
        return max(0, end - (headers.first(name: "Date").flatMap(seconds(ofDate:)) ?? now))
    }

    /// `Sun, 06 Nov 1994 08:49:37 GMT`, the one form that may be written today.
    static func seconds(ofDate text: String) -> Int64? {
        let parts = text.split(separator: " ")
        guard parts.count == 6, parts[5] == "GMT", let month = months.firstIndex(of: parts[2]) else { return nil }
        let number = month < 9 ? "0\(month + 1)" : "\(month + 1)"
        return Timestamp.seconds(of: "\(parts[3])-\(number)-\(parts[1])T\(parts[4])Z")
    }

    private static let months: [Substring] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]
}
