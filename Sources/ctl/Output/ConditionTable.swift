import Foundation
import JSON

/// Conditions with their messages in full: a message is where the sentence for people stands.
enum ConditionTable {
    /// Empty without conditions.
    static func text(_ conditions: JSONValue?, generation: JSONValue?, now: Date) -> String {
        let conditions = conditions?.arrayValue ?? []
        guard !conditions.isEmpty else { return "" }
        let rows = conditions.map { condition -> [String] in
            let message = PrintableText.cell((condition["message"]?.stringValue ?? "").replacing("\n", with: "; "))
            return [
                "  " + (condition["type"]?.stringValue ?? ""), condition["status"]?.stringValue ?? "",
                Age.text(since: condition["lastTransitionTime"]?.stringValue, now: now), condition["reason"]?.stringValue ?? "",
                isStale(condition, generation) ? "(about an earlier configuration) \(message)" : message,
            ]
        }
        return "Conditions:\n" + TextTable(header: ["  TYPE", "STATUS", "SINCE", "REASON", "MESSAGE"], rows: rows).text()
    }

    private static func isStale(_ condition: JSONValue, _ generation: JSONValue?) -> Bool {
        guard let seen = condition["observedGeneration"]?.integerValue, let now = generation?.integerValue else { return false }
        return seen < now
    }
}
