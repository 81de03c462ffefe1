package import Foundation

/// A Secret of v1.
package struct Secret: Codable, Sendable {
    package var metadata: ObjectMeta
    package var type: String?
    /// Each in base64.
    package var data: [String: String]?

    /// One piece, decoded; nil when it is not there.
    package func value(of key: String) -> Data? { data?[key].flatMap { Data(base64Encoded: $0) } }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}

/// A ConfigMap of v1.
package struct ConfigMap: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var data: [String: String]?
    package var binaryData: [String: String]?
}

/// A Lease of coordination.k8s.io/v1.
package struct Lease: Codable, Hashable, Sendable {
    package var metadata: ObjectMeta
    package var spec: Spec?

    package struct Spec: Codable, Hashable, Sendable {
        package var holderIdentity: String?
        package var leaseDurationSeconds: Int?
        /// RFC 3339 with a fraction.
        package var acquireTime: String?
        package var renewTime: String?
        package var leaseTransitions: Int?
    }
}
