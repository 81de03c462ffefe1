import CLinux
import Foundation

/// The folder on disk: its manifests and their contents.
struct ManifestFolder: Sendable {
    struct Failure: Error, CustomStringConvertible {
        let path: String
        let reason: String
        var description: String { "\(path): \(reason)" }
    }

    static let fileLimit = 1_000
    /// As large as a manifest may be; of a larger file one byte more is read, so that the reader refuses it.
    static let byteLimit = 3 << 20

    let path: String

    /// Regular files that end in .yaml, .yml or .json and do not begin with a dot. Links are followed.
    func look() throws -> FolderLook {
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: path)
        } catch {
            throw Failure(path: path, reason: "the folder cannot be read")
        }
        let manifests = names.filter { name in
            !name.hasPrefix(".") && [".yaml", ".yml", ".json"].contains { name.hasSuffix($0) }
        }
        guard manifests.count <= Self.fileLimit else {
            throw Failure(path: path, reason: "\(manifests.count) manifests; at most \(Self.fileLimit) are watched")
        }
        var look = FolderLook()
        for name in manifests { look.files[name] = stamp(of: name) }
        return look
    }

    /// nil when it is not a regular file, or gone.
    func stamp(of name: String) -> FolderLook.Stamp? {
        var stamp = clinux_file_stamp()
        guard clinux_stamp_file("\(path)/\(name)", &stamp) == 0 else { return nil }
        return FolderLook.Stamp(inode: stamp.inode, size: stamp.size, modifiedNanoseconds: stamp.modified)
    }

    func read(_ name: String) throws -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: "\(path)/\(name)") else {
            throw Failure(path: "\(path)/\(name)", reason: String(cString: strerror(errno)))
        }
        defer { try? file.close() }
        return [UInt8](try file.read(upToCount: Self.byteLimit + 1) ?? Data())
    }
}
