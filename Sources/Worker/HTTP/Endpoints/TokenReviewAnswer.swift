import Authenticator
import JSON

/// A `TokenReview` with its status, as text: written in one go, for every request about an unknown token gets one.
///
/// Members stand in the order of their names, as everywhere.
struct TokenReviewAnswer {
    /// `v1` or `v1beta1`.
    let version: String
    /// Those that the review asked for; the asker knows the token, and a copy of it in an answer only finds its way into logs.
    let audiences: [String]

    /// - Parameter served: those of the audiences that the token is meant for.
    func accepted(_ identity: Identity, served: [String]) -> [UInt8] {
        text { output in
            if !served.isEmpty {
                Self.write(name: "audiences", served, to: &output)
                output.append(UInt8(ascii: ","))
            }
            Self.write("\"authenticated\":true,\"user\":", to: &output)
            Self.write(identity, to: &output)
        }
    }

    func refused(_ error: String) -> [UInt8] {
        text { output in
            Self.write("\"authenticated\":false,\"error\":", to: &output)
            JSONWriter.write(string: error, to: &output)
        }
    }

    private func text(_ status: (inout [UInt8]) -> Void) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(1024)
        Self.write("{\"apiVersion\":\"authentication.k8s.io/", to: &output)
        output.append(contentsOf: version.utf8)
        Self.write("\",\"kind\":\"TokenReview\",\"metadata\":{\"creationTimestamp\":null},\"spec\":{", to: &output)
        if !audiences.isEmpty { Self.write(name: "audiences", audiences, to: &output) }
        Self.write("},\"status\":{", to: &output)
        status(&output)
        Self.write("}}", to: &output)
        return output
    }

    /// Kubernetes' `UserInfo`; what is empty is left out, as its own servers do.
    private static func write(_ identity: Identity, to output: inout [UInt8]) {
        write("{", to: &output)
        if !identity.extra.isEmpty {
            write("\"extra\":{", to: &output)
            for (index, (key, values)) in identity.extra.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { output.append(UInt8(ascii: ",")) }
                write(name: key, values, to: &output)
            }
            write("},", to: &output)
        }
        if !identity.groups.isEmpty {
            write(name: "groups", identity.groups, to: &output)
            output.append(UInt8(ascii: ","))
        }
        if !identity.uid.isEmpty {
            write("\"uid\":", to: &output)
            JSONWriter.write(string: identity.uid, to: &output)
            output.append(UInt8(ascii: ","))
        }
        write("\"username\":", to: &output)
        JSONWriter.write(string: identity.username, to: &output)
        write("}", to: &output)
    }

    private static func write(name: String, _ values: [String], to output: inout [UInt8]) {
        JSONWriter.write(string: name, to: &output)
        write(":[", to: &output)
        for (index, value) in values.enumerated() {
            if index > 0 { output.append(UInt8(ascii: ",")) }
            JSONWriter.write(string: value, to: &output)
        }
        write("]", to: &output)
    }

    private static func write(_ text: StaticString, to output: inout [UInt8]) {
        text.withUTF8Buffer { output.append(contentsOf: $0) }
    }
}
