import NIOCore
import NIOHTTP1

/// An answer kept to be sent again, in little memory: thousands differ in no more than what their headers say.
///
/// Left out is what differs from one time to the next: the decision's id, the length and what is said about the connection; see
/// `ByteBuffer.write(_:connection:withBody:)`.
struct PreparedAnswer: Sendable {
    let form: AnswerForm
    /// The values of the headers, each with a line feed behind it, which no value has in it; then the body.
    let content: [UInt8]

    /// - Parameter forms: shared with answers that look the same.
    init(_ response: WorkerResponse, forms: AnswerForms = AnswerForms()) {
        let fields = response.fields.filter { ByteBuffer.isFit($0.name) && ByteBuffer.isFit($0.value) }
        form = forms.form(status: response.status, names: fields.map(\.name))
        var content: [UInt8] = []
        content.reserveCapacity(fields.reduce(response.body.count) { $0 + $1.value.utf8.count + 1 })
        for field in fields {
            content.append(contentsOf: field.value.utf8)
            content.append(UInt8(ascii: "\n"))
        }
        content.append(contentsOf: response.body)
        self.content = content
    }

    var status: HTTPResponseStatus { form.status }
    var size: Int { content.count }
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
        let body: ArraySlice<UInt8>
        if let prepared = response.prepared {
            body = writeHead(prepared)
        } else {
            writeHead(response.status, response.fields)
            body = response.body[...]
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

    /// Gives what is left of the content, the body.
    private mutating func writeHead(_ answer: PreparedAnswer) -> ArraySlice<UInt8> {
        writeBytes(answer.form.statusLine)
        var rest = answer.content[...]
        for name in answer.form.names {
            let end = rest.firstIndex(of: UInt8(ascii: "\n")) ?? rest.endIndex
            writeBytes(name)
            writeBytes(rest[..<end])
            writeStaticString("\r\n")
            rest = rest[end...].dropFirst()
        }
        return rest
    }

    /// The status line and the fields, each fit to be one.
    mutating func writeHead(_ status: HTTPResponseStatus, _ fields: HTTPHeaders) {
        writeStatusLine(status)
        for (name, value) in fields where Self.isFit(name) && Self.isFit(value) {
            writeString(name)
            writeStaticString(": ")
            writeString(value)
            writeStaticString("\r\n")
        }
    }

    mutating func writeStatusLine(_ status: HTTPResponseStatus) {
        writeStaticString("HTTP/1.1 ")
        writeString(String(status.code))
        writeStaticString(" ")
        writeString(status.reasonPhrase)
        writeStaticString("\r\n")
    }

    /// No text of ours has a line break; were there one after all, it must not become another header.
    fileprivate static func isFit(_ text: String) -> Bool { text.utf8.allSatisfy { $0 != 0x0D && $0 != 0x0A && $0 != 0 } }
}
