/// A credential that may be used and must not be seen: printing, logging, dumping and interpolating it give a placeholder.
///
/// It cannot be encoded, so that it cannot become part of a snapshot by mistake.
package struct Secret: Hashable, Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    private let bytes: [UInt8]

    package init(_ bytes: [UInt8]) { self.bytes = bytes }

    package func expose() -> [UInt8] { bytes }
    package var description: String { "<secret>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
