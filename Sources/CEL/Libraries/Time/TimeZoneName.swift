import Foundation

/// A time zone as an accessor takes it: a name of the zone database, or an offset such as `+02:00`.
enum TimeZoneName {
    static func offset(_ name: String, at time: CELTimestamp) throws(CELEvaluationError) -> Int64 {
        if let offset = fixed(name) { return offset }
        guard !name.isEmpty, name != "Local", let zone = TimeZone(identifier: name) else {
            throw .invalidArgument("unknown time zone \(name)")
        }
        return Int64(zone.secondsFromGMT(for: Date(timeIntervalSince1970: Double(time.seconds))))
    }

    private static func fixed(_ name: String) -> Int64? {
        if name == "UTC" { return 0 }
        var scanner = DigitScanner(name)
        let isNegative = scanner.take("-")
        if !isNegative { _ = scanner.take("+") }
        guard let hours = scanner.digits(2), scanner.take(":"), let minutes = scanner.digits(2), scanner.isAtEnd else {
            return nil
        }
        return (isNegative ? -1 : 1) * (hours * 3600 + minutes * 60)
    }
}
