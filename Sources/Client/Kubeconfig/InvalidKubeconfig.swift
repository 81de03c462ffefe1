import Foundation

/// Why a kubeconfig cannot be used, with what to do about it.
package struct InvalidKubeconfig: LocalizedError, Sendable, Hashable {
    package let message: String

    package init(_ message: String) { self.message = message }

    package var errorDescription: String? { message }
}
