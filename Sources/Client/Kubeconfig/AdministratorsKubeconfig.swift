import Durable
import Foundation
import JSON

/// Why a login is not written: the file is the administrator's way in when nobody can log in any more.
package struct AdministratorsKubeconfig: LocalizedError, Sendable, Hashable {
    package let path: String

    package init(path: String) { self.path = path }

    /// Where the controller's other files are, too.
    package var folder: String { FilePath.folder(of: path) }

    package var errorDescription: String? {
        "\(path) is the administrator's way back in, so no login is written into it or removed from it"
    }
}

extension Kubeconfig {
    /// Whether the controller wrote it, and nobody has made another context the current one since.
    var isAdministrators: Bool {
        guard currentContext == "admin", let context = context("admin") else { return false }
        return context.cluster == "postern" && context.user == "admin"
            && self[.users, context.user]?["client-certificate-data"]?.stringValue?.isEmpty == false
    }
}
