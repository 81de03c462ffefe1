import Foundation
import NIOCore
import Web

/// Why a controller could not begin to serve, for the person who started it.
struct StartProblem: LocalizedError, CustomStringConvertible {
    let address: ListenAddress
    let code: Int32

    /// nil for a failure that is not about the address.
    init?(_ error: any Error, address: ListenAddress) {
        guard let error = error as? IOError, [EADDRINUSE, EADDRNOTAVAIL, EACCES].contains(error.errnoCode) else { return nil }
        self.address = address
        code = error.errnoCode
    }

    var description: String {
        "the API cannot listen on \(address): \(String(cString: strerror(code))); choose another address with --listen"
    }

    var errorDescription: String? { description }
}
