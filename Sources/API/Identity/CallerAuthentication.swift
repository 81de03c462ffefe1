import Listening
import Web

/// Decides who a request comes from: the subject of the client certificate, or the user for whom a worker speaks.
///
/// Workers judge tokens and pass the identity on in `X-Remote-User`, `-Group`, `-Uid` and `-Extra-*` over mutual TLS.
enum CallerAuthentication {
    static let workers = "system:nodes"
    static let everybody = "system:authenticated"

    /// The header fields of a request, by lower-case name, in their order.
    typealias Headers = [(name: String, value: String)]

    static func caller(certificate: CertificateSubject?, headers: Headers) throws(APIStatus) -> Caller {
        guard let certificate else { throw .unauthorized }
        let remote = headers.filter { $0.name.hasPrefix("x-remote-") }
        let groups = certificate.organizations + [everybody]
        guard !remote.isEmpty else { return Caller(username: certificate.commonName, groups: groups) }
        // Anybody else who sends such a header tries to be somebody else.
        guard certificate.organizations.contains(workers) else {
            throw APIStatus(
                code: 403,
                reason: "Forbidden",
                message:
                    "forbidden: User \"\(certificate.commonName)\" cannot act for other users: only workers may send X-Remote headers"
            )
        }
        return try user(remote, through: certificate.commonName)
    }

    private static func user(_ headers: Headers, through worker: String) throws(APIStatus) -> Caller {
        let names = headers.filter { $0.name == "x-remote-user" }.map(\.value)
        guard names.count == 1, let name = names.first, !name.isEmpty else { throw .unauthorized }
        // A stolen worker must not become an administrator: names and groups of the system are proven by certificates only.
        guard !name.hasPrefix("system:") || name.hasPrefix("system:serviceaccount:") else { throw .unauthorized }
        let groups = headers.filter { $0.name == "x-remote-group" }.map(\.value)
            .filter { !$0.isEmpty && (!$0.hasPrefix("system:") || $0.hasPrefix("system:authenticated:")) }
        var extra: [String: [String]] = [:]
        for header in headers where header.name.hasPrefix("x-remote-extra-") {
            let key = header.name.dropFirst("x-remote-extra-".count)
            extra[PercentEncoding.decoded(key.utf8) ?? String(key), default: []].append(header.value)
        }
        return Caller(
            username: name,
            uid: headers.first { $0.name == "x-remote-uid" }?.value,
            groups: groups + [everybody],
            extra: extra,
            actingThrough: worker
        )
    }
}
