import Listening
import Schema
import Web

/// Decides who a request comes from: the subject of the client certificate, or the user for whom a worker speaks.
///
/// Workers judge tokens and pass the identity on in `X-Remote-User`, `-Group`, `-Uid` and `-Extra-*` over mutual TLS.
enum CallerAuthentication {
    static let workers = "system:nodes"
    static let everybody = "system:authenticated"

    /// The worker that a user is; nil for all others.
    static func workerName(ofUser user: String) -> String? {
        let prefix = "system:node:"
        guard user.utf8.starts(with: prefix.utf8) else { return nil }
        return String(decoding: user.utf8.dropFirst(prefix.utf8.count), as: UTF8.self)
    }

    /// The header fields of a request, by lower-case name, in their order.
    typealias Headers = [(name: String, value: String)]

    static func caller(certificate: CertificateSubject?, headers: Headers) throws(APIStatus) -> Caller {
        guard let certificate else { throw .unauthorized }
        let remote = headers.filter { $0.name.hasPrefix("x-remote-") }
        guard !remote.isEmpty else { return Caller(certificate) }
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
        // Nor may a token's user look like the holder of a certificate in the audit log.
        guard BreakGlassCertificate.name(ofUser: name) == nil else { throw .unauthorized }
        let groups = headers.filter { $0.name == "x-remote-group" }.map(\.value)
            .filter { !$0.isEmpty && (!$0.hasPrefix("system:") || $0.hasPrefix("system:authenticated:")) }
        return Caller(
            username: name,
            uid: headers.first { $0.name == "x-remote-uid" }?.value,
            groups: groups + [everybody],
            extra: extra(in: headers, after: "x-remote-extra-"),
            actingThrough: worker
        )
    }

    /// The extras of an identity, whose keys are the rest of a header's name, percent-encoded.
    static func extra(in headers: Headers, after prefix: String) -> [String: [String]] {
        var extra: [String: [String]] = [:]
        for header in headers where header.name.hasPrefix(prefix) {
            let key = header.name.dropFirst(prefix.count)
            extra[PercentEncoding.decoded(key.utf8) ?? String(key), default: []].append(header.value)
        }
        return extra
    }
}

extension Caller {
    /// Whoever shows a client certificate: its common name, in the groups that its organizations name.
    init(_ certificate: CertificateSubject) {
        self.init(
            username: certificate.commonName,
            groups: certificate.organizations + [CallerAuthentication.everybody],
            breakGlass: BreakGlassCertificate.name(ofUser: certificate.commonName)
        )
    }
}
