import Foundation
import JSON

/// The measurements as people read them.
struct Table {
    private struct Row {
        /// For programs.
        let key: String
        let name: String
        let measurement: Measurement
        let limit: Double?
    }

    private var rows: [Row] = []

    mutating func add(_ key: String, _ name: String, _ measurement: Measurement, limit: Double?) {
        rows.append(Row(key: key, name: name, measurement: measurement, limit: limit))
    }

    /// Times in nanoseconds.
    var json: String {
        let objects = rows.map { row in
            JSONValue.object([
                "name": .string(row.key), "median": .number(row.measurement.median),
                "fastest": .number(row.measurement.fastest),
                "allocations": .number(row.measurement.allocations),
            ])
        }
        return JSONWriter.text(of: .array(objects))
    }

    var text: String {
        let cells = rows.map { row in
            [
                row.name, Self.time(row.measurement.median), Self.time(row.measurement.fastest),
                Self.time(row.measurement.slowest),
                String(format: "%.1f", row.measurement.allocations), row.limit.map(Self.time) ?? "",
            ]
        }
        let all = [["HOT PATH", "MEDIAN", "FASTEST", "SLOWEST", "ALLOCATIONS", "TO REACH: UNDER"]] + cells
        let widths = all[0].indices.map { column in all.map { $0[column].count }.max() ?? 0 }
        return all.map { row in
            zip(row, widths).map { $0.padding(toLength: $1, withPad: " ", startingAt: 0) }.joined(separator: "  ")
        }.joined(separator: "\n")
    }

    private static func time(_ nanoseconds: Double) -> String {
        nanoseconds.magnitude < 1_000 ? String(format: "%.0f ns", nanoseconds) : String(format: "%.2f µs", nanoseconds / 1_000)
    }
}
