import Foundation
import JSON

/// How long ago something was, as kubectl shortens it: `42s`, `5m3s`, `3h12m`, `4d`.
enum Age {
    static func text(of seconds: Int64) -> String {
        let seconds = max(0, seconds)
        let (minutes, hours, days) = (seconds / 60, seconds / 3600, seconds / 86400)
        switch seconds {
        case ..<120: return "\(seconds)s"
        case ..<600: return seconds % 60 == 0 ? "\(minutes)m" : "\(minutes)m\(seconds % 60)s"
        case ..<10800: return "\(minutes)m"
        case ..<28800: return minutes % 60 == 0 ? "\(hours)h" : "\(hours)h\(minutes % 60)m"
        case ..<172_800: return "\(hours)h"
        case ..<691_200: return hours % 24 == 0 ? "\(days)d" : "\(days)d\(hours % 24)h"
        case ..<63_072_000: return "\(days)d"
        default: return "\(days / 365)y"
        }
    }

    /// `<unknown>` for a time that is missing or cannot be read.
    static func text(since time: String?, now: Date) -> String {
        guard let then = time.flatMap(Timestamp.seconds), let now = Int64(exactly: now.timeIntervalSince1970.rounded(.down))
        else {
            return "<unknown>"
        }
        return text(of: now - then)
    }
}
