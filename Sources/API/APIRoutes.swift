import HTTPTypes
import Hummingbird
import JSON
import NIOCore
import Web

/// The API as the web framework sees it: unpacks a request, calls `APIService`, packs the answer. Nothing else here.
struct APIRoutes: HTTPResponder {
    typealias Context = WebContext

    let service: APIService
    let audit: AuditLog?
    let breakGlass: BreakGlassAccess
    let workers: WorkerAccess

    /// What takes a processor for long is done beside the connection's thread, for which other connections wait.
    func respond(to request: Request, context: WebContext) async throws -> Response {
        let line = RequestLine(method: request.method.rawValue, path: request.uri.path, query: request.uri.query ?? "")
        let accept = MediaRange.List(request.headers[.accept])
        let isQuick = line.isQuick(
            length: request.headers[.contentLength].flatMap { Int($0) },
            isJSON: request.headers[.contentType] == "application/json"
        )
        guard !isQuick || accept.wantsYAML else { return try await respond(to: line, accept, request, context) }
        return try await withTaskExecutorPreference(globalConcurrentExecutor) {
            try await respond(to: line, accept, request, context)
        }
    }

    private func respond(
        to line: RequestLine,
        _ accept: MediaRange.List,
        _ request: Request,
        _ context: WebContext
    ) async throws -> Response {
        var audit = RequestAudit(
            audit,
            id: context.requestID,
            line: line,
            uri: request.uri.string,
            userAgent: request.headers[.userAgent] ?? "",
            address: context.channel.remoteAddress?.ipAddress,
            forwardedFor: HTTPField.Name("X-Forwarded-For").flatMap { request.headers[$0] }
        )
        let answer: APIAnswer
        do {
            audit.arrive(context.certificate.map { Caller($0) })
            var call = try await Self.call(line, accept, request, context)
            audit.identify(call)
            if let certificate = context.certificate, let refusal = workers.refusal(of: certificate) { throw refusal }
            if try checkBreakGlass(call.caller, request, context) == .selfTest { audit.markSelfTest() }
            call = try service.impersonated(call)
            audit.acts(as: call.caller)
            answer = try await service.respond(to: call)
        } catch {
            audit.finish(APIStatus.of(error) ?? APIStatus(webError: error))
            throw error
        }
        audit.finish(answer)
        return Self.response(answer, to: request)
    }

    /// Refuses break-glass certificates that do not count any more, and tells of those that do.
    ///
    private func checkBreakGlass(_ caller: Caller, _ request: Request, _ context: WebContext) throws(APIStatus) -> BreakGlass {
        guard caller.breakGlass != nil, let certificate = context.certificate else { return .notShown }
        if let refusal = breakGlass.refusal(of: caller, certificate) { throw refusal }
        let proof = HTTPField.Name(BreakGlassAccess.selfTestHeader).flatMap { request.headers[$0] }
        if let proof, breakGlass.observers.isSelfTest(proof) { return .selfTest }
        breakGlass.record(
            caller,
            certificate,
            address: context.channel.remoteAddress?.ipAddress,
            userAgent: request.headers[.userAgent] ?? ""
        )
        return .used
    }

    /// What a request has to do with break-glass certificates.
    private enum BreakGlass { case notShown, used, selfTest }

    private static func response(_ answer: APIAnswer, to request: Request) -> Response {
        var headers = HTTPFields(warnings: answer.warnings)
        headers[.contentType] = answer.contentType
        headers[.cacheControl] = "no-cache, private"
        // To notice that its client went away a watch reads the connection to its end: no other request can follow.
        if case .events = answer.body { headers[.connection] = "close" }
        var body = answer.body
        if case .bytes(let bytes) = body, bytes.count >= Gzip.smallest {
            headers[.vary] = "Accept-Encoding"
            if Gzip.isAccepted(request.headers), let compressed = Gzip.compressed(bytes) {
                headers[.contentEncoding] = "gzip"
                body = .bytes(compressed)
            }
        }
        let response = Response(
            status: HTTPResponse.Status(code: answer.code),
            headers: headers,
            body: Self.body(body, of: request)
        )
        return request.method == .head ? response.createHeadResponse() : response
    }

    private static func call(_ line: RequestLine, _ accept: MediaRange.List, _ request: Request, _ context: WebContext)
        async throws -> APICall
    {
        let headers = request.headers.map { (name: $0.name.canonicalName, value: $0.value) }
        let caller = try CallerAuthentication.caller(certificate: context.certificate, headers: headers)
        // Reads have no body; a watch still needs its connection to notice that the client went away.
        let hasBody = ![.get, .head].contains(request.method)
        let body = hasBody ? try await request.body.collect(upTo: RequestLimits.bodyBytes) : ByteBuffer()
        let contentType = request.headers[.contentType]?.split(separator: ";").first.map {
            String($0).lowercased().trimmingSpaces
        }
        return APICall(
            line: line,
            accept: accept,
            contentType: contentType,
            userAgent: request.headers[.userAgent] ?? "",
            body: Array(body.readableBytesView),
            caller: caller,
            impersonation: try Impersonation(headers),
            certificate: context.certificate,
            address: context.channel.remoteAddress?.ipAddress
        )
    }

    private static func body(_ body: APIAnswer.Body, of request: Request) -> ResponseBody {
        switch body {
        case .bytes(let bytes): ResponseBody(byteBuffer: ByteBuffer(bytes: bytes))
        case .events(let session):
            ResponseBody { writer in
                try await withTaskExecutorPreference(globalConcurrentExecutor) {
                    try await session.run {
                        await waitForClientToLeave(request, session)
                    } write: {
                        try await writer.write(ByteBuffer(bytes: $0))
                    }
                }
                try await writer.finish(nil)
            }
        }
    }

    /// A client that goes away stops its watch even while nothing happens. Returns when the session is over.
    private static func waitForClientToLeave(_ request: Request, _ session: WatchSession) async {
        do {
            try await request.body.consumeWithInboundCloseHandler { _ in
                try await Task.sleep(for: .seconds(ObjectReads.longestWatch))
            } onInboundClosed: {
                session.stop()
            }
        } catch {
            // The session cancels this wait when it is over; there is nobody left to tell.
        }
    }
}
