import Foundation

/// Why a file is not a list of documents at all. What is wrong inside a document is an `InvalidObject`.
package struct InvalidManifest: Error, Hashable, Sendable, CustomStringConvertible, LocalizedError {
    package enum Reason: String, Sendable {
        case empty, tooLarge, encoding, syntax, duplicateKey, alias, tooDeep, tooManyNodes, key, number, tag
    }

    package let source: String
    package let mark: Manifest.Mark?
    package let reason: Reason
    /// What is wrong, in a few words; never more of the document than one key.
    package let problem: String

    init(source: String, mark: Manifest.Mark?, reason: Reason, problem: String) {
        self.source = source
        self.mark = mark
        self.reason = reason
        self.problem = problem
    }

    /// `auth.yaml:10:6: did not find expected key`
    package var description: String {
        [source, mark.map(\.description)].compactMap(\.self).joined(separator: ":") + ": " + problem
    }

    package var errorDescription: String? { description }
}
