import Hummingbird
import Listening
import Logging

/// Puts the subject of the connection's client certificate into the context.
struct PeerMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        guard let peer = ConnectionPeer.current else { return try await next(request, context) }
        var context = context
        do {
            context.certificate = try await peer.subject(of: context.channel)
        } catch let problem as CertificateSubject.Problem {
            context.logger.notice("client certificate names nobody", metadata: ["error": "\(problem)"])
            throw APIStatus.unauthorized
        }
        return try await next(request, context)
    }
}
