import Foundation

/// A file that is read whole, up to a bound.
package struct BoundedFile: Sendable {
    package let path: String
    private let limit: Int

    /// - Parameter limit: in bytes.
    package init(path: String, limit: Int) {
        (self.path, self.limit) = (path, limit)
    }

    package struct Problem: LocalizedError, Hashable, CustomStringConvertible {
        package let path: String
        package let why: String

        package init(path: String, why: String) {
            (self.path, self.why) = (path, why)
        }

        package var description: String { "\(path): \(why)" }
        package var errorDescription: String? { description }
    }

    package func read() throws(Problem) -> [UInt8] {
        // Without O_NONBLOCK a pipe that nobody writes to would hold its reader for ever.
        let descriptor = open(path, O_RDONLY | O_NONBLOCK | O_CLOEXEC)
        guard descriptor >= 0 else { throw problem(Self.words(for: errno)) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: true)
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw problem(Self.words(for: errno)) }
        switch status.st_mode & S_IFMT {
        case S_IFREG, S_IFCHR: break
        case S_IFDIR: throw problem("it is a folder")
        default: throw problem("it is a pipe, not a file")
        }
        let bytes: Data
        do {
            bytes = try file.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw problem("it cannot be read: \(error)")
        }
        guard bytes.count <= limit else { throw problem("it has more than \(limit) bytes") }
        return [UInt8](bytes)
    }

    private static func words(for code: Int32) -> String {
        switch code {
        case ENOENT, ENOTDIR: "no such file"
        case EACCES, EPERM: "it may not be read"
        default: "it cannot be read: \(String(cString: strerror(code)))"
        }
    }

    private func problem(_ why: String) -> Problem { Problem(path: path, why: why) }
}
