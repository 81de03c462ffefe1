import CZlib
package import HTTPTypes

/// Compressed answers (RFC 9110, 8.4): for large ones, to clients that say they read them.
package enum Gzip {
    /// As in Kubernetes: below this the work costs more than the bytes.
    package static let smallest = 128 << 10

    /// Whether an `Accept-Encoding` names gzip, or everything, and not with the weight zero.
    package static func isAccepted(_ headers: HTTPFields) -> Bool {
        headers[values: .acceptEncoding].joined(separator: ",").split(separator: ",").contains { item in
            let parts = item.split(separator: ";").map { $0.lowercased().filter { $0 != " " && $0 != "\t" } }
            guard let name = parts.first, name == "gzip" || name == "*" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=0") && $0.dropFirst(3).allSatisfy { $0 == "." || $0 == "0" } }
        }
    }

    /// nil if it cannot be done; then the plain bytes are as good.
    package static func compressed(_ bytes: [UInt8]) -> [UInt8]? {
        let room = czlib_gzip_bound(bytes.count)
        let output = [UInt8](unsafeUninitializedCapacity: room) { buffer, count in
            count = czlib_gzip(bytes, bytes.count, buffer.baseAddress, room)
        }
        return output.isEmpty ? nil : output
    }
}
