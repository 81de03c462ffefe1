import Atomics
import HashTreeCollections
import NIOCore
import NIOHTTP1

/// What many answers have in common: the status and the names of the headers.
final class AnswerForm: Sendable {
    let status: HTTPResponseStatus
    /// With its line break.
    let statusLine: [UInt8]
    /// Each with what stands between it and the value.
    let names: [[UInt8]]

    init(status: HTTPResponseStatus, names: [String]) {
        self.status = status
        var line = ByteBuffer()
        line.writeStatusLine(status)
        statusLine = Array(line.readableBytesView)
        self.names = names.map { Array("\($0): ".utf8) }
    }
}

/// The forms that answers share. Bounded; an answer whose form finds no room has one of its own.
final class AnswerForms: Sendable {
    private static let maximumCount = 1024

    private struct Key: Hashable, Sendable {
        let code: UInt
        let names: [String]
    }

    private final class Table: AtomicReference, Sendable {
        let forms: TreeDictionary<Key, AnswerForm>
        init(_ forms: TreeDictionary<Key, AnswerForm> = [:]) { self.forms = forms }
    }

    private let table = ManagedAtomic(Table())

    func form(status: HTTPResponseStatus, names: [String]) -> AnswerForm {
        let key = Key(code: status.code, names: names)
        let before = table.load(ordering: .acquiring)
        if let form = before.forms[key] { return form }
        let form = AnswerForm(status: status, names: names)
        guard before.forms.count < Self.maximumCount else { return form }
        var forms = before.forms
        forms[key] = form
        // Another thread may add one at the same time: then this one is not shared yet.
        _ = table.compareExchange(expected: before, desired: Table(forms), ordering: .acquiringAndReleasing)
        return form
    }
}
