import Foundation

/// Writes files so that after a crash the old content or the new one is there, and never half of either.
package enum DurableFile {
    /// Why a file could not be written.
    package struct Failure: Error, CustomStringConvertible, Sendable {
        package let path: String
        package let operation: String
        package let code: Int32

        package var description: String { "\(operation) \(path): \(String(cString: strerror(code)))" }
    }

    /// Writes a temporary file beside `path`, syncs it, renames it over `path` and syncs the folder.
    ///
    /// - Parameters:
    ///   - permissions: the file has them from its first byte on, so a secret is never readable by others.
    ///   - replaces: whether a file that is there already may go; else it stays and the call fails.
    package static func write(
        _ bytes: some Collection<UInt8>,
        to path: String,
        permissions: UInt32 = 0o644,
        replaces: Bool = true
    ) throws {
        let folder = FilePath.folder(of: path)
        let temporary = "\(path).\(getpid()).\(UInt32.random(in: 0 ... .max)).tmp"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, permissions)
        guard descriptor >= 0 else { throw Failure(path: temporary, operation: "create", code: errno) }
        do {
            defer { close(descriptor) }
            try writeAll(Array(bytes), to: descriptor, path: temporary)
            guard fchmod(descriptor, permissions) == 0 else { throw Failure(path: temporary, operation: "chmod", code: errno) }
            guard fsync(descriptor) == 0 else { throw Failure(path: temporary, operation: "fsync", code: errno) }
            if replaces {
                guard rename(temporary, path) == 0 else { throw Failure(path: path, operation: "rename", code: errno) }
            } else {
                guard link(temporary, path) == 0 else { throw Failure(path: path, operation: "create", code: errno) }
                unlink(temporary)
            }
        } catch {
            unlink(temporary)
            throw error
        }
        try syncFolder(folder.isEmpty ? "." : folder)
    }

    private static func writeAll(_ bytes: [UInt8], to descriptor: Int32, path: String) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let written = rest.withUnsafeBytes { Foundation.write(descriptor, $0.baseAddress, $0.count) }
            if written < 0 {
                if errno == EINTR { continue }
                throw Failure(path: path, operation: "write", code: errno)
            }
            rest = rest.dropFirst(written)
        }
    }

    private static func syncFolder(_ path: String) throws {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw Failure(path: path, operation: "open", code: errno) }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw Failure(path: path, operation: "fsync", code: errno) }
    }
}
