import Foundation

/// A folder of the test's own; the test removes it.
struct ScratchFolder {
    let path = FileManager.default.temporaryDirectory.appending(path: "worker-tests-\(UUID().uuidString)").path()

    init() throws { try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true) }

    func file(_ name: String) -> String { "\(path)/\(name)" }
    func remove() { try? FileManager.default.removeItem(atPath: path) }
}
