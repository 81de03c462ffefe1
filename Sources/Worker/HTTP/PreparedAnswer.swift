import NIOCore
import NIOHTTP1

/// An answer as the bytes that go out, kept to be sent again: all but what differs from one time to the next.
///
/// That is the decision's id, the length and what is said about the connection; see `ByteBuffer.write(_:connection:withBody:)`.
struct PreparedAnswer: Sendable {
    let status: HTTPResponseStatus
    /// The status line and headers, each with its line break.
    let head: [UInt8]
    let body: [UInt8]

    init(_ response: WorkerResponse) {
        status = response.status
        var buffer = ByteBuffer()
        buffer.writeHead(response.status, response.fields)
        head = Array(buffer.readableBytesView)
        body = response.body
    }

    var size: Int { head.count + body.count }
}

extension ByteBuffer {
    /// What an HTTP/1 answer says about the connection it came on.
    enum ConnectionField: Sendable {
        case unsaid
        case close
        case keepAlive
    }

    /// A whole answer. The status line says HTTP/1.1 to everybody, as RFC 9110 section 6.2 wants it.
    mutating func write(_ response: WorkerResponse, connection: ConnectionField, withBody: Bool) {
        let body: [UInt8]
        if let prepared = response.prepared {
            writeBytes(prepared.head)
            body = prepared.body
        } else {
            writeHead(response.status, response.fields)
            body = response.body
        }
        if let decision = response.decision {
            writeStaticString("X-Postern-Decision: ")
            write(decision)
            writeStaticString("\r\n")
        }
        switch connection {
        case .unsaid: break
        case .close: writeStaticString("Connection: close\r\n")
        case .keepAlive: writeStaticString("Connection: keep-alive\r\n")
        }
        writeStaticString("Content-Length: ")
        writeString(String(body.count))
        writeStaticString("\r\n\r\n")
        if withBody { writeBytes(body) }
    }

    fileprivate mutating func writeHead(_ status: HTTPResponseStatus, _ fields: HTTPHeaders) {
        writeStaticString("HTTP/1.1 ")
        writeString(String(status.code))
        writeStaticString(" ")
        writeString(status.reasonPhrase)
        writeStaticString("\r\n")
        for (name, value) in fields where Self.isFit(name) && Self.isFit(value) {
            writeString(name)
            writeStaticString(": ")
            writeString(value)
            writeStaticString("\r\n")
        }
    }

    /// No text of ours has a line break; were there one after all, it must not become another header.
    private static func isFit(_ text: String) -> Bool { text.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 } }
}
