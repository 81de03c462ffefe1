import Snapshot

extension Issuer {
    /// Whether keys fetched for one are good for the other: the same issuer, looked up at the same place with the same trust,
    /// or the same keys of the configuration.
    func hasSameSource(as other: Issuer) -> Bool {
        let same = { (a: String?, b: String?) in (a == nil) == (b == nil) && (a ?? "").utf8.elementsEqual((b ?? "").utf8) }
        return same(issuerURL, other.issuerURL) && same(discoveryURL, other.discoveryURL)
            && same(certificateAuthority, other.certificateAuthority) && same(staticKeys, other.staticKeys)
    }
}
