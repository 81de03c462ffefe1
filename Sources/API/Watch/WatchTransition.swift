import Store

/// What a watcher with a selector sees of a change: an object that leaves the selection is deleted for them, one that enters is new.
enum WatchTransition {
    static func change(of event: StoreEvent, for selector: ObjectSelector) -> StoreEvent.Change? {
        let matched = event.previous.map { selector.matches($0.value) } ?? false
        let matches = selector.matches(event.object.value)
        switch event.change {
        case .added: return matches ? .added : nil
        case .deleted: return matches || matched ? .deleted : nil
        case .modified:
            switch (matched, matches) {
            case (true, true): return .modified
            case (false, true): return .added
            case (true, false): return .deleted
            case (false, false): return nil
            }
        }
    }
}
