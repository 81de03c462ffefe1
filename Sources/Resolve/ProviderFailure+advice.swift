package import Authenticator
package import Snapshot

extension ProviderFailure {
    /// What is wrong with a provider and what to do about it: a sentence for people, without a full stop.
    package func advice(for issuer: Issuer) -> String {
        let provider = "provider \"\(issuer.name)\""
        switch self {
        case .unreachable(let url, let reason):
            return "\(provider) cannot be reached at \(url) (\(reason)); check issuerURL, name resolution and network"
        case .untrusted(let url, let reason):
            let remedy =
                issuer.certificateAuthority == nil
                ? "name a config map with its CA in issuer.issuerCertificateAuthority"
                : "put the right CA into the config map of issuer.issuerCertificateAuthority"
            return "\(provider) shows a certificate at \(url) that is not trusted (\(reason)); \(remedy)"
        case .unexpectedStatus(let url, let status):
            return "\(provider) answers \(url) with HTTP status \(status); check issuerURL and discoveryURL"
        case .redirected(let url, let status, let target):
            return "\(provider) answers \(url) with a redirect (\(status)) to \(target), and redirects are not followed; "
                + "write issuerURL or discoveryURL as the provider finally has it"
        case .tooLarge(let url): return "\(provider) answers \(url) with too much; check issuerURL and discoveryURL"
        case .malformed(let url, let reason):
            return "\(provider) answers \(url) with something that cannot be read (\(reason)); check issuerURL and discoveryURL"
        case .issuerMismatch(let expected, let found):
            return
                "\(provider) calls itself \"\(found)\", but issuerURL is \"\(expected)\"; "
                + "write issuerURL exactly as the provider does"
        case .noUsableKey(let url):
            return
                "\(provider) publishes no key at \(url) that tokens can be verified with; "
                + "configure an RSA, EC or Ed25519 key there"
        }
    }
}
