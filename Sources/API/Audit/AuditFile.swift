import Foundation
import JSON

/// The file of the audit log: lines are put at its end; when it is full it is set aside under the time, and the oldest is deleted.
package struct AuditFile: ~Copyable {
    package struct Failure: Error, CustomStringConvertible {
        let path: String
        let code: Int32
        package var description: String { "\(path): \(String(cString: strerror(code)))" }
    }

    private let path: String
    private let limit: Int
    private let keeps: Int
    private let output: Output
    private var descriptor: Int32
    private var size = 0
    /// The end of the last line could not be written.
    private var isTorn = false

    /// Writes some bytes, as the system's `write` does.
    typealias Output = @Sendable (_ descriptor: Int32, _ bytes: UnsafeRawBufferPointer) -> Int

    /// - Parameters:
    ///   - path: `-` is standard output, which is never set aside.
    ///   - limit: bytes after which a new file is begun.
    ///   - keeps: how many full files stay beside the current one.
    init(
        path: String,
        limit: Int,
        keeps: Int,
        output: @escaping Output = { Foundation.write($0, $1.baseAddress, $1.count) }
    ) throws(Failure) {
        self.path = path
        self.output = output
        self.limit = limit
        self.keeps = keeps
        descriptor = -1
        if path == "-" { descriptor = STDOUT_FILENO } else { try open() }
    }

    deinit { if descriptor > STDERR_FILENO { close(descriptor) } }

    mutating func append(_ lines: [UInt8]) throws(Failure) {
        if path != "-", size > 0, size + lines.count > limit { try setAside() }
        if descriptor < 0 { try open() }
        var rest = isTorn ? [UInt8(ascii: "\n")] + lines[...] : lines[...]
        let whole = rest.count
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { output(descriptor, $0) }
            if written < 0 {
                if errno == EINTR { continue }
                isTorn = isTorn || rest.count < whole
                throw Failure(path: path, code: errno)
            }
            size += written
            rest = rest.dropFirst(written)
        }
        isTorn = false
    }

    private mutating func open() throws(Failure) {
        descriptor = Foundation.open(path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Failure(path: path, code: errno) }
        // What cannot be measured, such as a pipe, is not set aside either.
        size = max(0, lseek(descriptor, 0, SEEK_END))
        // A process that was killed may have left half a line; the next one begins behind it.
        var last: UInt8 = 0
        guard size > 0, pread(descriptor, &last, 1, size - 1) == 1, last != UInt8(ascii: "\n") else { return }
        try append([UInt8(ascii: "\n")])
    }

    private mutating func setAside() throws(Failure) {
        let url = URL(filePath: path)
        let (name, suffix) = (url.deletingPathExtension().lastPathComponent, url.pathExtension)
        let folder = url.deletingLastPathComponent().path
        let micros = Int64(Date().timeIntervalSince1970 * 1_000_000)
        let fraction = String(String(1_000_000 + micros % 1_000_000).dropFirst())
        let stamp = Timestamp.text(of: micros / 1_000_000).replacing(":", with: "-").dropLast() + ".\(fraction)"
        let ending = suffix.isEmpty ? "" : ".\(suffix)"
        // Somebody else may have moved it away: then a new one is begun as well.
        guard rename(path, "\(folder)/\(name)-\(stamp)\(ending)") == 0 || errno == ENOENT else {
            throw Failure(path: path, code: errno)
        }
        close(descriptor)
        descriptor = -1
        isTorn = false
        try open()
        removeOldest(in: folder, prefix: "\(name)-", suffix: ending)
    }

    /// Names sort by time. What cannot be listed or deleted now is tried again the next time.
    private func removeOldest(in folder: String, prefix: String, suffix: String) {
        guard let names = try? FileManager.default.contentsOfDirectory(atPath: folder) else { return }
        let full = names.filter { name in
            guard name.hasPrefix(prefix), name.hasSuffix(suffix) else { return false }
            // Only what was set aside here, and not what somebody else calls something like it.
            return name.dropFirst(prefix.count).dropLast(suffix.count).wholeMatch(of: /\d{4}-\d\d-\d\dT\d\d-\d\d-\d\d\.\d{6}/)
                != nil
        }.sorted()
        for name in full.dropLast(keeps) { unlink("\(folder)/\(name)") }
    }
}
