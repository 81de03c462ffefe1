import Foundation

/// The name that a server's certificate must have, where its address has another: `tls-server-name` of a kubeconfig.
package struct ServerName: Sendable {
    let name: String
    /// Where it is.
    let host: String
    /// Host and port as the address has them.
    private let authority: String
    private let scheme: String
    private let port: String

    /// - Parameter server: its address, without a path.
    init(_ name: String, server: String) throws(TransportFailure) {
        guard let url = URLComponents(string: server), let scheme = url.scheme, let host = url.host, !host.isEmpty else {
            throw TransportFailure(reason: .badAddress, server: server, detail: "it must look like https://HOST:PORT")
        }
        guard URLComponents(string: "https://\(name)")?.host == name else {
            throw TransportFailure(reason: .badAddress, server: server, detail: "its tls-server-name is no name of a host")
        }
        self.name = name
        self.scheme = scheme
        self.host = host.trimmingCharacters(in: CharacterSet(charactersIn: "[]"))
        port = url.port.map { ":\($0)" } ?? ""
        authority = "\(host)\(port)"
    }

    /// The same request, to be sent to where the server is, by the name that its certificate has.
    func named(_ request: HTTPTransport.Request) -> HTTPTransport.Request {
        let address = "\(scheme)://\(authority)"
        guard request.url.hasPrefix(address) else { return request }
        var request = request
        request.url = "\(scheme)://\(name)\(port)\(request.url.dropFirst(address.count))"
        request.headers.append(("Host", authority))
        return request
    }
}
