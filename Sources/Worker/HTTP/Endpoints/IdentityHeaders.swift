import Authenticator
import NIOHTTP1

/// An identity as headers for the server behind a proxy.
struct IdentityHeaders: Sendable {
    enum Form: Sendable {
        /// Named as Kubernetes' front proxies name them: one `X-Remote-Group` for each group, one `X-Remote-Extra-KEY` for each value.
        case repeated
        /// For proxies that cannot pass on repeated headers, or headers whose names they were not told: `X-Remote-Groups` with
        /// commas between, `X-Remote-Extra` as `KEY=VALUE` with `&` between; every part is percent-encoded, so that none is taken
        /// for two.
        case joined
    }

    static let user = "X-Remote-User"
    static let uid = "X-Remote-Uid"
    static let group = "X-Remote-Group"
    static let groups = "X-Remote-Groups"
    static let extra = "X-Remote-Extra"

    private let identity: Identity
    private let form: Form

    init(_ identity: Identity, _ form: Form) {
        self.identity = identity
        self.form = form
    }

    /// Why the identity cannot travel as headers; nil: it can.
    var problem: Refusal? {
        let isFit =
            Self.isFit(identity.username) && (identity.uid.isEmpty || Self.isFit(identity.uid))
            && identity.groups.allSatisfy(isFitPart) && identity.extra.allSatisfy { $0.value.allSatisfy(isFitPart) }
        guard isFit else { return Refusal(.identityUnfit, "") }
        guard sizeAtMost > HTTPLimits.identityHeaderBytes else { return nil }
        let size = fields.reduce(0) { $0 + $1.0.utf8.count + $1.1.utf8.count + 4 }
        guard size <= HTTPLimits.identityHeaderBytes else { return Refusal(.identityTooLarge, "\(size) bytes") }
        return nil
    }

    /// Only for an identity without a problem.
    var fields: [(String, String)] {
        var fields = [(Self.user, identity.username)]
        if !identity.uid.isEmpty { fields.append((Self.uid, identity.uid)) }
        let extra = identity.extra.sorted { $0.key < $1.key }
        switch form {
        case .repeated:
            fields += identity.groups.map { (Self.group, $0) }
            for (key, values) in extra {
                let name = "\(Self.extra)-\(Self.encoded(key, plain: "-._~"))"
                fields += values.map { (name, $0) }
            }
        case .joined:
            if !identity.groups.isEmpty {
                fields.append((Self.groups, identity.groups.map { Self.encoded($0, plain: Self.plain) }.joined(separator: ",")))
            }
            let pairs = extra.flatMap { key, values in
                values.map { "\(Self.encoded(key, plain: Self.plain))=\(Self.encoded($0, plain: Self.plain))" }
            }
            if !pairs.isEmpty { fields.append((Self.extra, pairs.joined(separator: "&"))) }
        }
        return fields
    }

    /// No less than the bytes of all lines, and counted without making them: encoded, a byte is three at most.
    private var sizeAtMost: Int {
        let parts = 3 * (identity.username.utf8.count + identity.uid.utf8.count) + 2 * Self.nameAtMost
        let groups = identity.groups.reduce(0) { $0 + 3 * $1.utf8.count + Self.nameAtMost }
        return identity.extra.reduce(parts + groups) { size, extra in
            extra.value.reduce(size) { $0 + 3 * (extra.key.utf8.count + $1.utf8.count) + Self.nameAtMost }
        }
    }

    /// Bytes of a header's longest name, of what stands between names and values, and of a line's end.
    private static let nameAtMost = 24

    /// A part of a joined header may be anything but nothing: the encoding carries it.
    private func isFitPart(_ value: String) -> Bool { form == .joined ? !value.isEmpty : Self.isFit(value) }

    /// Receivers trim spaces at the ends, which would make it another name; other control characters end or break a header.
    private static func isFit(_ value: String) -> Bool {
        let isBlank: (UInt8) -> Bool = { $0 == 0x20 || $0 == 0x09 }
        guard let first = value.utf8.first, let last = value.utf8.last, !isBlank(first), !isBlank(last) else { return false }
        return value.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7F }
    }

    /// Besides letters and digits; all of them mean themselves to every decoder, and none separates.
    private static let plain: StaticString = "-._~:/@"

    private static func encoded(_ text: String, plain: StaticString) -> String {
        let isPlain: (UInt8) -> Bool = { byte in
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A: true
            default: plain.withUTF8Buffer { $0.contains(byte) }
            }
        }
        guard !text.utf8.allSatisfy(isPlain) else { return text }
        let digits = Array("0123456789ABCDEF".utf8)
        var output: [UInt8] = []
        for byte in text.utf8 {
            if isPlain(byte) {
                output.append(byte)
            } else {
                output += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: output, as: UTF8.self)
    }
}
