package import HTTPTypes
package import Hummingbird
import JSON
import NIOCore
import NIOHTTP1
import NIOSSL

extension APIStatus: HTTPResponseError {
    package var status: HTTPResponse.Status { HTTPResponse.Status(code: code) }

    package func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers = HTTPFields(warnings: warnings)
        headers[.contentType] = "application/json"
        if let seconds = details?.retryAfterSeconds { headers[.retryAfter] = "\(seconds)" }
        let body = ByteBuffer(bytes: JSONWriter.bytes(of: json))
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: body))
    }
}

extension APIStatus {
    /// What the web layer itself can refuse. Domain errors have their own table, in the module that knows them.
    package init(webError error: any Error) {
        switch error {
        case let status as APIStatus: self = status
        case is HTTP1Rules.TooSlow: self = .tooSlow
        case is NIOTooManyBytesError: self = .tooLarge(limit: RequestLimits.bodyBytes)
        case let error as any HTTPResponseError where error.status.code == 404: self = .noSuchPath
        case let error as any HTTPResponseError where error.status.code == 405: self = .methodNotAllowed
        case let error as any HTTPResponseError where (400..<500).contains(error.status.code):
            self = APIStatus(code: error.status.code, reason: "BadRequest", message: error.status.reasonPhrase)
        case is HTTPParserError: self = .badRequest("the body of the request is not what its headers say")
        // Nobody is left to read this; it only must not look like a fault of ours.
        case NIOSSLError.uncleanShutdown, ChannelError.eof, ChannelError.inputClosed:
            self = .badRequest("the connection ended in the middle of the request")
        case is CancellationError: self = .unavailable("the server is shutting down")
        default: self = .internalError
        }
    }
}
