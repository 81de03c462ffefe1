import Foundation

/// A listener could not open its address.
package struct ListenFailure: LocalizedError, Hashable, Sendable, CustomStringConvertible {
    package let address: ListenAddress
    package let code: Int32
    /// The option that chooses the address.
    package let option: String

    /// - Parameter code: of errno(3).
    package init(address: ListenAddress, code: Int32, option: String = "--listen") {
        self.address = address
        self.code = code
        self.option = option
    }

    package var description: String {
        "cannot listen on \(address): \(String(cString: strerror(code))); choose another address with \(option)"
    }
    package var errorDescription: String? { description }
}
