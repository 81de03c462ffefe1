import Foundation

/// What the kernel says about this process, for the metrics that every Prometheus client has.
struct ProcessFigures: Sendable {
    let cpuSeconds: Double
    let residentBytes: Int64
    let virtualBytes: Int64
    let openFiles: Int
    let maximumFiles: Int64
    /// Seconds since 1970.
    let startTime: Double

    /// nil where /proc does not say it.
    init?() {
        guard let memory = Self.fields("/proc/self/statm"), memory.count > 1, let pages = Int64(memory[1]),
            let virtualPages = Int64(memory[0]), let start = Self.start,
            let files = try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd")
        else { return nil }
        var usage = rusage()
        guard getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage) == 0 else { return nil }
        cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        let pageSize = Int64(sysconf(Int32(_SC_PAGESIZE)))
        residentBytes = pages * pageSize
        virtualBytes = virtualPages * pageSize
        // The folder that was read is one of them.
        openFiles = files.count - 1
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return nil }
        maximumFiles = Int64(clamping: limit.rlim_cur)
        startTime = start
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }

    private static let start: Double? = {
        // The name of the program stands in parentheses and may hold blanks; the fields are counted from behind it.
        guard let text = try? String(contentsOfFile: "/proc/self/stat", encoding: .utf8), let name = text.lastIndex(of: ")"),
            let boot = Self.fields("/proc/stat", line: "btime "), let bootTime = boot.last.flatMap({ Double($0) })
        else { return nil }
        let fields = text[text.index(after: name)...].split(separator: " ")
        guard fields.count > 19, let ticks = Double(fields[19]) else { return nil }
        return bootTime + ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
    }()

    private static func fields(_ path: String, line prefix: String = "") -> [Substring]? {
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { return nil }
        return text.split(separator: "\n").first { $0.hasPrefix(prefix) }?.split(separator: " ")
    }
}
