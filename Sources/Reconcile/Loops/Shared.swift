import Synchronization

/// A value that one loop writes and others read.
final class Shared<Value: Sendable & Equatable>: Sendable {
    private let value: Mutex<Value>
    /// Ring when the value becomes another one.
    private let listeners: [Bell]

    init(_ value: Value, ringing listeners: [Bell] = []) {
        self.value = Mutex(value)
        self.listeners = listeners
    }

    var current: Value { value.withLock { $0 } }

    /// - Returns: whether it was another value before.
    @discardableResult
    func set(_ new: Value) -> Bool {
        let isNew = value.withLock { value in
            defer { value = new }
            return value != new
        }
        if isNew { for listener in listeners { listener.ring() } }
        return isNew
    }
}
