import HTTPTypes
import Hummingbird
import Logging

/// One line per request: method, path without query, code and time. Headers, query and body never reach the log: they may hold secrets.
struct RequestLogMiddleware: RouterMiddleware {
    func handle(
        _ request: Request,
        context: WebContext,
        next: @concurrent (Request, WebContext) async throws -> Response
    ) async throws -> Response {
        let start = ContinuousClock.now
        let response = try await next(request, context)
        let level: Logger.Level = response.status.code >= 500 ? .warning : .debug
        context.logger.log(
            level: level,
            "request answered",
            metadata: [
                "method": .string(request.method.rawValue),
                "path": .string(String(request.uri.path.prefix(256))),
                "code": "\(response.status.code)",
                "time": .stringConvertible(ContinuousClock.now - start),
            ]
        )
        return response
    }
}
