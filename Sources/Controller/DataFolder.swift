import Foundation

/// The folder that holds everything the controller keeps; locked for as long as this value lives.
final class DataFolder: Sendable {
    /// Why a folder cannot be used.
    enum Problem: LocalizedError, CustomStringConvertible {
        case inUse(String)
        case notUsable(String, Int32)

        var description: String {
            switch self {
            case .inUse(let path): "another controller uses \(path); stop it first, or choose another folder with --data"
            case .notUsable(let path, let code): "\(path) cannot be used as data folder: \(String(cString: strerror(code)))"
            }
        }

        var errorDescription: String? { description }
    }

    /// Absolute and without symbolic links, so that processes see the same path wherever they run.
    let path: String
    private let lock: Int32

    /// Makes the folder with mode 0700 unless it is there, and locks it.
    static func open(_ path: String) throws -> DataFolder {
        do {
            try FileManager.default.createDirectory(
                atPath: path,
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            let cause = (error as NSError).userInfo[NSUnderlyingErrorKey] as? NSError
            throw Problem.notUsable(path, cause.flatMap { Int32(exactly: $0.code) } ?? EIO)
        }
        let absolute = URL(filePath: path).resolvingSymlinksInPath().path
        let lock = Foundation.open("\(absolute)/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard lock >= 0 else { throw Problem.notUsable(absolute, errno) }
        // The kernel gives the lock back however the process ends.
        guard flock(lock, LOCK_EX | LOCK_NB) == 0 else {
            close(lock)
            throw Problem.inUse(absolute)
        }
        return DataFolder(path: absolute, lock: lock)
    }

    /// Tries again for a while where another holds the lock: a process that a controller was just starting when it ended holds its files
    /// for a moment longer.
    static func open(_ path: String, patience: Duration) async throws -> DataFolder {
        let deadline = ContinuousClock.now + patience
        while true {
            do {
                return try open(path)
            } catch Problem.inUse where ContinuousClock.now < deadline {
                try await Task.sleep(for: .milliseconds(50))
            }
        }
    }

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = lock
    }

    deinit { close(lock) }

    var database: String { "\(path)/postern.db" }
    var encryptionKey: String { "\(path)/encryption.key" }
    var kubeconfig: String { "\(path)/admin.kubeconfig" }
    var auditLog: String { "\(path)/audit.log" }
    var oauthServer: String { "\(path)/oauth-server" }
    var workers: String { "\(path)/workers" }
    func worker(_ name: String) -> String { "\(workers)/\(name)" }
}
