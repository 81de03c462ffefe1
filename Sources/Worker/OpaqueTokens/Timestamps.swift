import Foundation

/// Seconds since 1970 of an RFC 3339 timestamp as the API writes it; nil for anything else.
func seconds(ofTimestamp text: String) -> Int64? {
    // The API writes whole seconds; a fraction would be a timestamp of another kind.
    guard let date = try? Date(text, strategy: .iso8601) else { return nil }
    return Int64(exactly: date.timeIntervalSince1970.rounded(.down))
}

/// An RFC 3339 timestamp of whole seconds, as the API writes them.
func timestamp(_ date: Date) -> String { date.formatted(.iso8601) }
