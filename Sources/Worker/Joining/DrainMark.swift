import Durable
import Foundation

/// A file that is there while the worker is to be taken out of service: whoever restarts it meanwhile should not bring it back.
struct DrainMark: Sendable {
    let path: String

    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    func set(_ isUnwanted: Bool) throws {
        if isUnwanted {
            try DurableFile.write([], to: path, permissions: 0o600)
        } else {
            try Joining.remove(path)
        }
    }
}
