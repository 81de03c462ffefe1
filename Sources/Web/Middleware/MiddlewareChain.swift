import Hummingbird

/// A responder with middlewares around it, the first outermost.
struct MiddlewareChain: HTTPResponder {
    let middlewares: [any MiddlewareProtocol<Request, Response, WebContext>]
    let responder: any HTTPResponder<WebContext>

    func respond(to request: Request, context: WebContext) async throws -> Response {
        try await respond(to: request, context: context, from: 0)
    }

    private func respond(to request: Request, context: WebContext, from index: Int) async throws -> Response {
        guard index < middlewares.count else { return try await responder.respond(to: request, context: context) }
        return try await middlewares[index].handle(request, context: context) { request, context in
            try await respond(to: request, context: context, from: index + 1)
        }
    }
}
