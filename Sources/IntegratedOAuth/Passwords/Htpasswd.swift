/// The users of an htpasswd file: one `name:hash` a line.
///
/// Of lines with the same name the last one counts. Hashes are bcrypt (`$2y$`, `$2a$`, `$2b$`), Apache MD5 (`$apr1$`) and `{SHA}`.
package struct Htpasswd: Sendable {
    /// The file is refused as a whole beyond this.
    package static let maximumBytes = 1 << 20
    /// Names and passwords beyond this are refused unread.
    package static let maximumCredentialBytes = 255

    /// Something wrong with a line; a bad line does not spoil the others.
    package struct LineProblem: Hashable, Sendable, CustomStringConvertible {
        package let line: Int
        package let message: String
        package var description: String { "line \(line): \(message)" }
    }

    private let hashes: [[UInt8]: PasswordHash]
    package let problems: [LineProblem]

    package init(_ text: String) {
        var hashes: [[UInt8]: PasswordHash] = [:]
        var problems: [LineProblem] = []
        guard text.utf8.count <= Self.maximumBytes else {
            self.hashes = [:]
            self.problems = [LineProblem(line: 0, message: "the file is larger than \(Self.maximumBytes) bytes")]
            return
        }
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let trimmed = line.trimmingSuffix { $0 == " " }
            if trimmed.isEmpty || trimmed.first == "#" { continue }
            let parts = trimmed.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty else {
                problems.append(LineProblem(line: index + 1, message: "not of the form name:hash"))
                continue
            }
            do {
                hashes[Array(parts[0].utf8)] = try PasswordHash(String(parts[1]))
            } catch {
                problems.append(LineProblem(line: index + 1, message: error.description))
            }
        }
        self.hashes = hashes
        self.problems = problems
    }

    /// Whether the password is the user's. An unknown name costs as much time as a wrong password.
    package func verify(user: String, password: String) -> Bool {
        guard !user.utf8.contains(UInt8(ascii: ":")), user.utf8.count <= Self.maximumCredentialBytes,
            password.utf8.count <= Self.maximumCredentialBytes, !password.utf8.contains(0)
        else { return false }
        guard let hash = hashes[Array(user.utf8)] else {
            _ = PasswordHash.decoy.matches(password)
            return false
        }
        return hash.matches(password)
    }

    package var isEmpty: Bool { hashes.isEmpty }
}

extension Substring {
    fileprivate func trimmingSuffix(while predicate: (Character) -> Bool) -> Substring {
        var result = self
        while let last = result.last, predicate(last) { result.removeLast() }
        return result
    }
}
