extension Library {
    /// Arithmetic with timestamps and durations, and their parts.
    static let time = Library(functions: [
        FunctionDeclaration(
            Operator.add,
            Overload.of(.function) { (a: CELTimestamp, b: CELDuration) throws(CELEvaluationError) in try shift(a, b.nanoseconds)
            },
            Overload.of(.function) { (a: CELDuration, b: CELTimestamp) throws(CELEvaluationError) in try shift(b, a.nanoseconds)
            },
            Overload.of(.function) { (a: CELDuration, b: CELDuration) throws(CELEvaluationError) in
                try duration(a.nanoseconds.addingReportingOverflow(b.nanoseconds))
            }
        ),
        FunctionDeclaration(
            "_-_",
            Overload.of(.function) { (a: CELTimestamp, b: CELDuration) throws(CELEvaluationError) in
                let (negative, overflow) = Int64(0).subtractingReportingOverflow(b.nanoseconds)
                guard !overflow else { throw .timestampOverflow }
                return try shift(a, negative)
            },
            Overload.of(.function) { (a: CELTimestamp, b: CELTimestamp) throws(CELEvaluationError) in try difference(a, b) },
            Overload.of(.function) { (a: CELDuration, b: CELDuration) throws(CELEvaluationError) in
                try duration(a.nanoseconds.subtractingReportingOverflow(b.nanoseconds))
            }
        ),
        FunctionDeclaration(
            Operator.negate,
            Overload.of(.function) { (a: CELDuration) throws(CELEvaluationError) in
                try duration(Int64(0).subtractingReportingOverflow(a.nanoseconds))
            }
        ),
        part("getFullYear") { $0.year },
        part("getMonth") { $0.month - 1 },
        part("getDayOfYear") { $0.dayOfYear },
        part("getDayOfMonth") { $0.day - 1 },
        part("getDate") { $0.day },
        part("getDayOfWeek") { $0.dayOfWeek },
        part("getHours", ofDuration: 3_600_000_000_000) { $0.hour },
        part("getMinutes", ofDuration: 60_000_000_000) { $0.minute },
        part("getSeconds", ofDuration: 1_000_000_000) { $0.second },
        FunctionDeclaration(
            "getMilliseconds",
            Overload.of(.member) { (time: CELTimestamp) in Int64(time.nanoseconds / 1_000_000) },
            Overload.of(.member) { (time: CELTimestamp, zone: String) throws(CELEvaluationError) -> Int64 in
                _ = try TimeZoneName.offset(zone, at: time)
                return Int64(time.nanoseconds / 1_000_000)
            },
            Overload.of(.member) { (duration: CELDuration) in duration.nanoseconds / 1_000_000 % 1000 }
        ),
    ])

    private static func part(
        _ name: String,
        ofDuration unit: Int64? = nil,
        _ part: @escaping @Sendable (CivilTime) -> Int64
    ) -> FunctionDeclaration {
        var overloads = [
            Overload.of(.member) { (time: CELTimestamp) in part(CivilTime(epochSeconds: time.seconds)) },
            Overload.of(.member) { (time: CELTimestamp, zone: String) throws(CELEvaluationError) -> Int64 in
                part(CivilTime(epochSeconds: time.seconds + (try TimeZoneName.offset(zone, at: time))))
            },
        ]
        if let unit { overloads.append(Overload.of(.member) { (duration: CELDuration) in duration.nanoseconds / unit }) }
        return FunctionDeclaration(name, overloads)
    }

    private static func duration(_ result: (partialValue: Int64, overflow: Bool)) throws(CELEvaluationError) -> CELDuration {
        guard !result.overflow else { throw .durationOverflow }
        return CELDuration(nanoseconds: result.partialValue)
    }

    private static func shift(_ time: CELTimestamp, _ nanoseconds: Int64) throws(CELEvaluationError) -> CELTimestamp {
        // Neither sum can overflow: a timestamp is 13 digits of seconds at most, a duration 10.
        let sum = Int64(time.nanoseconds) + nanoseconds.flooredRemainder(1_000_000_000)
        let seconds = time.seconds + nanoseconds.flooredQuotient(1_000_000_000) + sum / 1_000_000_000
        guard let moved = CELTimestamp(seconds: seconds, nanoseconds: Int32(sum % 1_000_000_000)) else {
            throw .timestampOverflow
        }
        return moved
    }

    private static func difference(_ a: CELTimestamp, _ b: CELTimestamp) throws(CELEvaluationError) -> CELDuration {
        let (scaled, overflowed) = (a.seconds - b.seconds).multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflow) = scaled.addingReportingOverflow(Int64(a.nanoseconds - b.nanoseconds))
        guard !overflowed, !overflow else { throw .durationOverflow }
        return CELDuration(nanoseconds: sum)
    }
}
