import Foundation

/// All resources of a server, and the ways people name them.
package struct APIResources: Sendable {
    package let all: [APIResource]

    package init(_ all: [APIResource]) { self.all = all }

    /// Finds what `authentication`, `co`, `secrets`, `authentication.config` or `authentications.v1.config.openshift.io` names.
    ///
    /// The group may be cut after any of its words. Where several match, the first the server names is taken, core before groups.
    package func resolve(_ name: String) throws(UnknownResource) -> APIResource {
        let words = name.lowercased().split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let candidates = all.filter { $0.isCalled(words[0]) }
        guard words.count > 1 else {
            if let first = candidates.first { return first }
            throw UnknownResource(name: name, near: near(words[0]))
        }
        if let match = candidates.first(where: { $0.isIn(group: words[1]) }) { return match }
        throw UnknownResource(name: name, near: candidates.map(\.pluralTypeName))
    }

    /// As `resolve`, where the name of a category stands for all resources in it that can be listed.
    package func resolveAll(_ name: String) throws(UnknownResource) -> [APIResource] {
        do {
            return [try resolve(name)]
        } catch {
            let members = all.filter { $0.categories.contains(name.lowercased()) && $0.verbs.contains("list") }
            guard !members.isEmpty else { throw error }
            return members
        }
    }

    /// Finds the resource of a manifest.
    package func resolve(apiVersion: String, kind: String) throws(UnknownResource) -> APIResource {
        if let match = all.first(where: { $0.apiVersion == apiVersion && $0.kind == kind }) { return match }
        let near = all.filter { $0.kind == kind }.map { "\($0.kind) in apiVersion \($0.apiVersion)" }
        throw UnknownResource(name: "\(kind) in apiVersion \(apiVersion)", near: near)
    }

    private func near(_ word: String) -> [String] {
        guard word.count >= 3 else { return [] }
        return all.filter { $0.plural.hasPrefix(word.prefix(4)) || word.hasPrefix($0.singular) }.map(\.pluralTypeName)
    }
}

extension APIResource {
    fileprivate func isCalled(_ word: String) -> Bool {
        plural == word || singular == word || kind.lowercased() == word || shortNames.contains(word)
    }

    /// `config` and `config.openshift.io` are in `config.openshift.io`; so is `v1.config.openshift.io` for version v1.
    fileprivate func isIn(group words: String) -> Bool {
        if group == words || group.hasPrefix(words + ".") { return true }
        guard words.hasPrefix(version + ".") || words == version else { return false }
        let rest = words.dropFirst(version.count + 1)
        return rest.isEmpty ? group.isEmpty : group == rest || group.hasPrefix(rest + ".")
    }
}

/// The server serves nothing by this name.
package struct UnknownResource: LocalizedError, Sendable, Hashable {
    package let name: String
    /// Names of resources that may have been meant.
    package let near: [String]

    package init(name: String, near: [String]) {
        self.name = name
        self.near = near
    }

    package var errorDescription: String? {
        let hint = near.isEmpty ? "" : "; did you mean \(near.joined(separator: " or "))?"
        return "the server doesn't have a resource type \"\(name)\"\(hint)"
    }
}
