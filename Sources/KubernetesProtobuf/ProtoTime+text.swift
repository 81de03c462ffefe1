import JSON

extension ProtoTime {
    /// As `metav1.Time` is written in JSON; nil for the time that Go calls zero.
    var text: JSONValue? { isZero ? nil : .string(Timestamp.text(of: seconds)) }

    /// As `metav1.MicroTime` is written in JSON: always with six digits behind the point.
    var microText: JSONValue? {
        guard !isZero, let whole = Timestamp.text(of: seconds).split(separator: "Z").first else { return nil }
        let micros = String(max(0, min(nanos, 999_999_999)) / 1000)
        return .string("\(whole).\(String(repeating: "0", count: 6 - micros.count))\(micros)Z")
    }

    private var isZero: Bool { seconds == 0 && nanos == 0 }
}
