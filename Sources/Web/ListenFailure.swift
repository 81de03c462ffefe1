import Foundation
package import Listening

/// A listener could not open its address.
package struct ListenFailure: LocalizedError, Hashable, Sendable, CustomStringConvertible {
    package let address: ListenAddress
    package let code: Int32

    package init(address: ListenAddress, code: Int32) {
        self.address = address
        self.code = code
    }

    package var description: String {
        "cannot listen on \(address): \(String(cString: strerror(code))); choose another address with --listen"
    }
    package var errorDescription: String? { description }
}
