import Foundation
import JSON

/// The events of an object, oldest first.
enum EventTable {
    private static let limit = 20

    /// Empty without events.
    static func text(_ events: [JSONValue], now: Date) -> String {
        guard !events.isEmpty else { return "" }
        let sorted = events.sorted { time($0) < time($1) }.suffix(limit)
        let rows = sorted.map { event in
            [
                "  " + (event["type"]?.stringValue ?? ""), PrintableText.cell(event["reason"]?.stringValue ?? ""),
                Age.text(since: time(event), now: now),
                event.value(at: "source", "component")?.stringValue ?? event["reportingComponent"]?.stringValue ?? "",
                PrintableText.cell((event["message"]?.stringValue ?? "").replacing("\n", with: " ")),
            ]
        }
        return "\nEvents:\n" + TextTable(header: ["  TYPE", "REASON", "AGE", "FROM", "MESSAGE"], rows: rows).text()
    }

    private static func time(_ event: JSONValue) -> String {
        for name in ["lastTimestamp", "eventTime", "firstTimestamp"] {
            if let time = event[name]?.stringValue { return time }
        }
        return event.value(at: "metadata", "creationTimestamp")?.stringValue ?? ""
    }
}
