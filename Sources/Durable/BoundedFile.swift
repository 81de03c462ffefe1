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
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else { throw problem("no such file") }
        guard !isFolder.boolValue else { throw problem("it is a folder") }
        let bytes: Data
        do {
            let file = try FileHandle(forReadingFrom: URL(filePath: path))
            defer { try? file.close() }
            bytes = try file.read(upToCount: limit + 1) ?? Data()
        } catch {
            throw problem((error as NSError).isPermission ? "it may not be read" : "it cannot be read: \(error)")
        }
        guard bytes.count <= limit else { throw problem("it has more than \(limit) bytes") }
        return [UInt8](bytes)
    }

    private func problem(_ why: String) -> Problem { Problem(path: path, why: why) }
}

extension NSError {
    fileprivate var isPermission: Bool { domain == NSCocoaErrorDomain && code == CocoaError.fileReadNoPermission.rawValue }
}
