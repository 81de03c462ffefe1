import JSON
import Schema

extension AuthenticationConfiguration.Issuer {
    private static let matchAny = "MatchAny"
    private static let egressSelectors = ["controlplane", "cluster"]

    func issues(at path: FieldPath, disallowedIssuers: [String]) -> [FieldIssue] {
        urlIssues(at: path["url"], disallowedIssuers) + discoveryURLIssues(at: path["discoveryURL"])
            + audienceIssues(at: path) + trustIssues(at: path["certificateAuthority"])
            + egressIssues(at: path["egressSelectorType"])
    }

    // MARK: URLs

    private func urlIssues(at path: FieldPath, _ disallowed: [String]) -> [FieldIssue] {
        if url.isEmpty { return [.required(path)] }
        var issues: [FieldIssue] = []
        if disallowed.contains(where: { $0.utf8.elementsEqual(url.utf8) }) {
            let list = Set(disallowed.map(ExactString.init)).map(\.text).sorted().joined(separator: " ")
            issues.append(.invalid(path, .string(url), "URL must not overlap with disallowed issuers: [\(list)]"))
        }
        return issues + Self.syntaxIssues(url, at: path)
    }

    private func discoveryURLIssues(at path: FieldPath) -> [FieldIssue] {
        if discoveryURL.isEmpty { return [] }
        let trimmed = { (text: String) in
            Array(text.utf8.reversed().drop { $0 == UInt8(ascii: "/") })
        }
        let isSame = !url.isEmpty && trimmed(url) == trimmed(discoveryURL)
        return (isSame ? [.invalid(path, .string(discoveryURL), "discoveryURL must be different from URL")] : [])
            + Self.syntaxIssues(discoveryURL, at: path)
    }

    private static func syntaxIssues(_ text: String, at path: FieldPath) -> [FieldIssue] {
        let url: GoURL
        do throws(GoURL.Problem) {
            url = try GoURL(text)
        } catch {
            return [.invalid(path, .string(text), "parse \"\(text)\": \(error.message)")]
        }
        let flaws = [
            (url.scheme != "https", "URL scheme must be https"),
            (url.hasUserInformation, "URL must not contain a username or password"),
            (url.hasQuery, "URL must not contain a query"),
            (url.hasFragment, "URL must not contain a fragment"),
        ]
        return flaws.filter(\.0).map { .invalid(path, .string(text), $0.1) }
    }

    // MARK: The rest

    private func audienceIssues(at path: FieldPath) -> [FieldIssue] {
        let list = path["audiences"]
        if audiences.isEmpty { return [.required(list, "at least one \(list) is required")] }
        var issues: [FieldIssue] = []
        var seen = SeenTexts()
        for (index, audience) in audiences.enumerated() {
            if audience.isEmpty { issues.append(.required(list[index])) }
            if seen.hasSeen(audience) { issues.append(.duplicate(list[index], .string(audience))) }
        }
        let isMatchAny = audienceMatchPolicy == Self.matchAny
        let policyPath = path["audienceMatchPolicy"]
        if audiences.count > 1, !isMatchAny {
            let detail = "audienceMatchPolicy must be MatchAny for multiple audiences"
            issues.append(.invalid(policyPath, .string(audienceMatchPolicy), detail))
        } else if audiences.count == 1, !audienceMatchPolicy.isEmpty, !isMatchAny {
            let detail = "audienceMatchPolicy must be empty or MatchAny for single audience"
            issues.append(.invalid(policyPath, .string(audienceMatchPolicy), detail))
        }
        return issues
    }

    private func trustIssues(at path: FieldPath) -> [FieldIssue] {
        if certificateAuthority.isEmpty { return [] }
        do throws(CertificatesText.Problem) {
            try CertificatesText.check(certificateAuthority)
            return []
        } catch {
            return [.invalid(path, "<omitted>", error.message)]
        }
    }

    private func egressIssues(at path: FieldPath) -> [FieldIssue] {
        guard !egressSelectorType.isEmpty, !Self.egressSelectors.contains(egressSelectorType) else { return [] }
        return [.invalid(path, .string(egressSelectorType), "egress selector must be either controlplane or cluster")]
    }
}
