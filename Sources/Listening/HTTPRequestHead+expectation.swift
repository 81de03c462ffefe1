package import NIOHTTP1

extension HTTPRequestHead {
    /// Whether the sender keeps the body back until it is told `100 Continue` (RFC 9110 section 10.1.1); HTTP/1.0 does not know that.
    package var expectsContinue: Bool {
        version != .http1_0 && headers[canonicalForm: "expect"].contains { $0.lowercased() == "100-continue" }
    }
}
