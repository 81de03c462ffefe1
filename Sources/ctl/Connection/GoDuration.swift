import ArgumentParser

/// A length of time as kubectl's flags take it: `60s`, `1m30s`, `250ms`, and `7d` besides; a bare number means seconds.
struct GoDuration: ExpressibleByArgument, Hashable, Sendable {
    let duration: Duration

    init(_ duration: Duration) { self.duration = duration }

    init?(argument: String) {
        if let seconds = Int64(argument), (0...31_536_000).contains(seconds) {
            duration = .seconds(seconds)
            return
        }
        var rest = argument[...]
        var milliseconds: Int64 = 0
        while !rest.isEmpty {
            let digits = rest.prefix(while: \.isWholeNumber)
            guard let number = Int64(digits), number <= 31_536_000_000 else { return nil }
            rest = rest.dropFirst(digits.count)
            guard let unit = Self.units.first(where: { rest.hasPrefix($0.name) }) else { return nil }
            let (product, overflow) = number.multipliedReportingOverflow(by: unit.milliseconds)
            guard !overflow, milliseconds < 1 << 50, product < 1 << 50 else { return nil }
            milliseconds += product
            rest = rest.dropFirst(unit.name.count)
        }
        guard !argument.isEmpty else { return nil }
        duration = .milliseconds(milliseconds)
    }

    /// As a flag would take it.
    var defaultValueDescription: String {
        let seconds = duration.components.seconds
        return seconds % 3600 == 0 && seconds > 0
            ? "\(seconds / 3600)h" : seconds % 60 == 0 && seconds > 0 ? "\(seconds / 60)m" : "\(seconds)s"
    }

    /// Longer names first, so that `ms` is not read as minutes.
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]
}
