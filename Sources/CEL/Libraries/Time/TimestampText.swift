/// Timestamps as RFC 3339 writes them.
enum TimestampText {
    static func parse(_ text: String) throws(CELEvaluationError) -> CELTimestamp {
        var scanner = DigitScanner(text)
        guard let time = moment(&scanner), scanner.isAtEnd else {
            throw .invalidArgument("invalid timestamp \(NumberText.quoted(text))")
        }
        guard let timestamp = CELTimestamp(seconds: time.seconds, nanoseconds: time.nanoseconds) else {
            throw .timestampOverflow
        }
        return timestamp
    }

    private static func moment(_ scanner: inout DigitScanner) -> (seconds: Int64, nanoseconds: Int32)? {
        guard let year = scanner.digits(4), scanner.take("-"), let month = scanner.digits(2), scanner.take("-"),
            let day = scanner.digits(2), scanner.take("T") || scanner.take("t"), let hour = scanner.digits(2),
            scanner.take(":"),
            let minute = scanner.digits(2), scanner.take(":"), let second = scanner.digits(2),
            let civil = CivilTime(year: year, month: month, day: day, hour: hour, minute: minute, second: second)
        else { return nil }
        var nanoseconds: Int64 = 0
        if scanner.take(".") {
            guard let fraction = scanner.fraction() else { return nil }
            nanoseconds = fraction
        }
        guard let offset = offset(&scanner) else { return nil }
        return (civil.epochSeconds - offset, Int32(nanoseconds))
    }

    private static func offset(_ scanner: inout DigitScanner) -> Int64? {
        if scanner.take("Z") || scanner.take("z") { return 0 }
        let isNegative = scanner.take("-")
        guard isNegative || scanner.take("+"), let hours = scanner.digits(2), hours < 24, scanner.take(":"),
            let minutes = scanner.digits(2), minutes < 60
        else { return nil }
        return (isNegative ? -1 : 1) * (hours * 3600 + minutes * 60)
    }

    static func format(_ time: CELTimestamp) -> String {
        let civil = CivilTime(epochSeconds: time.seconds)
        let date = "\(padded(civil.year, 4))-\(padded(civil.month, 2))-\(padded(civil.day, 2))"
        var text = "\(date)T\(padded(civil.hour, 2)):\(padded(civil.minute, 2)):\(padded(civil.second, 2))"
        if time.nanoseconds != 0 {
            var fraction = padded(Int64(time.nanoseconds), 9)
            while fraction.hasSuffix("0") { fraction.removeLast() }
            text += ".\(fraction)"
        }
        return text + "Z"
    }

    private static func padded(_ number: Int64, _ width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.utf8.count)) + digits
    }
}

/// Reads digits and single characters from the front of a text.
struct DigitScanner {
    private var rest: Substring.UTF8View

    init(_ text: String) { rest = Substring(text).utf8 }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let byte = rest.first, UInt32(byte) == character.value else { return false }
        rest.removeFirst()
        return true
    }

    /// Exactly `count` digits.
    mutating func digits(_ count: Int) -> Int64? {
        let taken = rest.prefix(count)
        guard taken.count == count, taken.allSatisfy(\.isASCIIDigit) else { return nil }
        rest = rest.dropFirst(count)
        return taken.reduce(0) { $0 * 10 + Int64($1 - 48) }
    }

    /// The digits after a point as nanoseconds; what is finer than that is cut off.
    mutating func fraction() -> Int64? {
        let taken = rest.prefix(while: \.isASCIIDigit)
        guard !taken.isEmpty else { return nil }
        rest = rest.dropFirst(taken.count)
        let nine = taken.prefix(9)
        return (nine.count..<9).reduce(nine.reduce(0) { $0 * 10 + Int64($1 - 48) }) { value, _ in value * 10 }
    }
}
