import Hummingbird
import Logging

/// Turns whatever was thrown into the one kind of answer that clients know, and keeps the exact cause for the log.
struct StatusMiddleware: RouterMiddleware {
    /// The table of the program: its domain errors as answers; nil for what it does not know.
    let statusOf: @Sendable (any Error) -> APIStatus?

    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch {
            let status = statusOf(error) ?? APIStatus(webError: error)
            if status.code >= 500 {
                context.logger.error("request failed", metadata: ["error": "\(error)", "path": .string(request.uri.path)])
            }
            let response = try status.response(from: request, context: context)
            // A body after a HEAD would be read as the beginning of the next answer.
            return request.method == .head ? response.createHeadResponse() : response
        }
    }
}
