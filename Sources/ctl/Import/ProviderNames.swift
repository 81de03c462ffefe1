import JSON

/// Names for providers that have none: the issuer's host, in letters that a config map's name may have, each once.
struct ProviderNames {
    private static let longest = 60

    private var taken: Set<ExactString> = []

    mutating func name(for issuerURL: String) -> String {
        let base = Self.base(of: issuerURL)
        var name = base
        var number = 1
        while !taken.insert(ExactString(name)).inserted {
            number += 1
            name = "\(base)-\(number)"
        }
        return name
    }

    private static func base(of issuerURL: String) -> String {
        let afterScheme = issuerURL.split(separator: "//", maxSplits: 1, omittingEmptySubsequences: false).last ?? ""
        let authority = afterScheme.prefix { $0 != "/" }.lowercased().prefix(longest)
        // Every part between dots must begin and end with a letter or digit.
        let parts = authority.split(separator: ".").compactMap { part -> String? in
            let letters = part.map { $0.isASCII && ($0.isLetter || $0.isNumber) ? $0 : "-" }
            let trimmed = letters.drop { $0 == "-" }.reversed().drop { $0 == "-" }.reversed()
            return trimmed.isEmpty ? nil : String(trimmed)
        }
        return parts.isEmpty ? "provider" : parts.joined(separator: ".")
    }
}
