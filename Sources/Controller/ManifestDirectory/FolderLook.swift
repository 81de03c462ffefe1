/// One look at a folder of manifests: which files there are and how they look from outside.
struct FolderLook: Hashable, Sendable {
    /// What tells a changed file from an unchanged one without reading it.
    struct Stamp: Hashable, Sendable {
        let inode: UInt64
        let size: Int64
        let modifiedNanoseconds: Int64
    }

    /// By file name.
    var files: [String: Stamp] = [:]
}

/// What became of each file, and which ones are next: the memory between two looks, without I/O.
struct FolderMemory: Sendable {
    enum Verdict: Hashable, Sendable {
        /// Its objects are in the store.
        case applied
        /// It is wrong, and stays so until it or something that it counts on changes.
        case refused(why: String)

        var isRefusal: Bool { self != .applied }
    }

    /// A file that was written to a moment ago may not be complete yet.
    static let settlingNanoseconds: Int64 = 1_000_000_000

    /// Every so many looks the refused files are due though no file has changed: what they were refused for may be over, as a working
    /// mode may be left once a break-glass certificate was used.
    static let looksBetweenTries = 10

    private var looks = 0
    private var last = FolderLook()
    private var verdicts: [String: (stamp: FolderLook.Stamp, verdict: Verdict)] = [:]

    /// The files to apply now, in the order of their names.
    ///
    /// A file is due when it is new or changed, and has been so for a while. When any file is due the refused ones are, too:
    /// what they missed may have come; so they are now and then. Files that are gone are forgotten; the objects they brought stay.
    mutating func due(_ look: FolderLook, nowNanoseconds: Int64) -> [String] {
        defer { last = look }
        verdicts = verdicts.filter { look.files[$0.key] != nil }
        let changed = look.files.filter { verdicts[$0.key]?.stamp != $0.value }
        let settled = changed.filter { name, stamp in
            last.files[name] == stamp || stamp.modifiedNanoseconds <= nowNanoseconds - Self.settlingNanoseconds
        }
        looks += 1
        guard !settled.isEmpty || looks % Self.looksBetweenTries == 0 else { return [] }
        let refused = verdicts.filter { $0.value.verdict.isRefusal && changed[$0.key] == nil }
        return (Array(settled.keys) + Array(refused.keys)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    /// Remembers what became of a file; without that it is due again.
    mutating func record(_ verdict: Verdict, of name: String, stamp: FolderLook.Stamp) {
        verdicts[name] = (stamp, verdict)
    }

    /// Whether this very file was refused before for the same reason, so that it need not be told again.
    func knows(_ verdict: Verdict, of name: String, stamp: FolderLook.Stamp) -> Bool {
        guard let known = verdicts[name] else { return false }
        return known.stamp == stamp && known.verdict == verdict
    }
}
