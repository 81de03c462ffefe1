/// Why a token was not taken: a code for machines, and the exact circumstances for the operator's log.
///
/// The outside only ever learns the code, and that only where the protocol has a place for it.
package struct Refusal: Error, Hashable, Sendable, CustomStringConvertible {
    package let reason: Reason
    /// What exactly was found, in one line and without control characters. Never holds the token or its signature.
    package let detail: String
    /// `oidcProviders[].name`, once the issuer is known to be one of ours.
    package private(set) var provider: String?
    /// The configured issuer, likewise.
    package private(set) var issuerURL: String?
    /// The key id that the provider's key set does not have; only for `key_unknown`, and never trusted for anything.
    package let unknownKeyID: String?
    /// The `kid` that the token names, where its header could be read. Nothing is proven about it: it is for the log.
    package private(set) var keyID: String?

    package init(_ reason: Reason, _ detail: String, unknownKeyID: String? = nil) {
        self.reason = reason
        self.detail = detail
        self.unknownKeyID = unknownKeyID
    }

    /// `signature_invalid` and the like; stable, and listed in `Refusal.Reason`.
    package var code: String { reason.rawValue }

    /// True if fresher keys of the provider could change the answer: the worker then asks for an early refresh, which has its
    /// own cool-down.
    package var callsForFreshKeys: Bool { reason == .keyUnknown || reason == .signatureInvalid }

    package var description: String { detail.isEmpty ? code : "\(code): \(detail)" }

    package func of(provider: String, issuerURL: String? = nil) -> Refusal {
        var copy = self
        copy.provider = provider
        copy.issuerURL = issuerURL
        return copy
    }

    package func naming(keyID: String?) -> Refusal {
        var copy = self
        copy.keyID = keyID
        return copy
    }
}

/// A text from a token in quotes, fit for a log line.
package func quoted(_ text: String) -> String {
    "\"\(oneLine(text, limit: 120).replacing("\"", with: "\\\""))\""
}

/// A foreign text on one line: what is not printable is escaped, what is too long is cut.
func oneLine(_ text: String, limit: Int) -> String {
    var output = ""
    for scalar in text.unicodeScalars.prefix(limit) {
        let properties = scalar.properties
        let isPlain = scalar != "\\" && !properties.isDefaultIgnorableCodePoint && isPrintable(properties.generalCategory)
        if isPlain { output.unicodeScalars.append(scalar) } else { output += scalar.escaped(asASCII: true) }
    }
    return text.unicodeScalars.dropFirst(limit).isEmpty ? output : output + "…"
}

private func isPrintable(_ category: Unicode.GeneralCategory) -> Bool {
    switch category {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: false
    default: true
    }
}
