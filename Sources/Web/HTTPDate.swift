import Foundation

/// The value of a `Date` header (RFC 9110 section 5.6.7), made once a second.
struct HTTPDate {
    private var second: time_t?
    private var known = ""

    mutating func text(at now: time_t = time(nil)) -> String {
        guard now != second else { return known }
        (second, known) = (now, Self.text(of: now))
        return known
    }

    private static func text(of now: time_t) -> String {
        var (now, parts) = (now, tm())
        var text = [CChar](repeating: 0, count: 64)
        gmtime_r(&now, &parts)
        // No program here sets a locale: the names are those of C, which are those of HTTP.
        let length = strftime(&text, text.count, "%a, %d %b %Y %H:%M:%S GMT", &parts)
        return String(decoding: text.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
