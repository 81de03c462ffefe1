import Foundation

extension SQLiteStore {
    /// Why a database file could not be opened; the text is for the person who started the program.
    package enum OpenFailure: LocalizedError, Hashable {
        case file(path: String, reason: String)
        case newerFormat(found: Int, known: Int)
        case notDurable(synchronous: String, journal: String)
        case keysMissing([String])

        package var errorDescription: String? {
            switch self {
            case .file(let path, let reason):
                "the database \(path) cannot be opened: \(reason)"
            case .newerFormat(let found, let known):
                "the database has format \(found) and this program knows formats up to \(known); use the newer program"
            case .notDurable(let synchronous, let journal):
                "SQLite refused durable writes (synchronous is \(synchronous), journal_mode is \(journal))"
            case .keysMissing(let ids):
                "the database has objects sealed with encryption keys that are not in the key file: "
                    + "\(ids.joined(separator: ", ")); restore the key file from a backup"
            }
        }
    }
}
