/// Writes a JSON value as bytes: members sorted by name, so equal values give equal bytes.
package enum JSONWriter {
    package static func bytes(of value: JSONValue, pretty: Bool = false) -> [UInt8] {
        var output: [UInt8] = []
        write(value, to: &output, indent: pretty ? 0 : nil)
        return output
    }

    package static func text(of value: JSONValue, pretty: Bool = false) -> String {
        String(decoding: bytes(of: value, pretty: pretty), as: UTF8.self)
    }

    private static func write(_ value: JSONValue, to output: inout [UInt8], indent: Int?) {
        switch value {
        case .null: output.append(contentsOf: "null".utf8)
        case .bool(let value): output.append(contentsOf: (value ? "true" : "false").utf8)
        case .integer(let value): output.append(contentsOf: String(value).utf8)
        case .number(let value): output.append(contentsOf: numberText(value).utf8)
        case .string(let value): write(string: value, to: &output)
        case .array(let values):
            write(values, between: ("[", "]"), to: &output, indent: indent) { value, output, indent in
                write(value, to: &output, indent: indent)
            }
        case .object(let object):
            write(Array(object), between: ("{", "}"), to: &output, indent: indent) { member, output, indent in
                write(string: member.name, to: &output)
                output.append(contentsOf: (indent == nil ? ":" : ": ").utf8)
                write(member.value, to: &output, indent: indent)
            }
        }
    }

    /// JSON has no way to write infinities; `JSONParser` never makes one, so only a computed value could be.
    private static func numberText(_ value: Double) -> String {
        guard value.isFinite else { return "null" }
        if let integer = Int64(exactly: value) { return String(integer) }
        return String(value)
    }

    private static func write<Element>(
        _ elements: [Element],
        between brackets: (String, String),
        to output: inout [UInt8],
        indent: Int?,
        element: (Element, inout [UInt8], Int?) -> Void
    ) {
        output.append(contentsOf: brackets.0.utf8)
        for (position, value) in elements.enumerated() {
            if position > 0 { output.append(UInt8(ascii: ",")) }
            newline(to: &output, indent: indent.map { $0 + 1 })
            element(value, &output, indent.map { $0 + 1 })
        }
        if !elements.isEmpty { newline(to: &output, indent: indent) }
        output.append(contentsOf: brackets.1.utf8)
    }

    private static func newline(to output: inout [UInt8], indent: Int?) {
        guard let indent else { return }
        output.append(UInt8(ascii: "\n"))
        output.append(contentsOf: repeatElement(UInt8(ascii: " "), count: indent * 2))
    }

    /// A string with its quotation marks, at the end of a text that is written without a value.
    package static func write(string: String, to output: inout [UInt8]) {
        output.append(UInt8(ascii: "\""))
        var string = string
        string.withUTF8 { utf8 in
            // Runs without a byte to escape are copied in one piece; nearly every string is one run.
            var start = 0
            for (position, byte) in utf8.enumerated()
            where byte < 0x20 || byte == UInt8(ascii: "\"") || byte == UInt8(ascii: "\\") {
                output.append(contentsOf: utf8[start..<position])
                write(escaped: byte, to: &output)
                start = position + 1
            }
            output.append(contentsOf: utf8[start...])
        }
        output.append(UInt8(ascii: "\""))
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func write(escaped byte: UInt8, to output: inout [UInt8]) {
        switch byte {
        case 0x0A: output.append(contentsOf: "\\n".utf8)
        case 0x0D: output.append(contentsOf: "\\r".utf8)
        case 0x09: output.append(contentsOf: "\\t".utf8)
        case 0..<0x20:
            output.append(contentsOf: "\\u00".utf8)
            output.append(digits[Int(byte >> 4)])
            output.append(digits[Int(byte & 15)])
        default:
            output.append(UInt8(ascii: "\\"))
            output.append(byte)
        }
    }
}
