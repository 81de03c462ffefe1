/// Which members of `claims` or `user` an issuer's expressions read, found once when they are compiled.
enum ReadMembers: Hashable, Sendable {
    /// These, in the order of their bytes; none of two is the same.
    case named([String])
    /// Some expression uses the variable as a whole.
    case all

    /// - Parameter sets: what each expression reads; nil for one that may read anything.
    init(_ sets: [Set<String>?]) {
        var names: Set<[UInt8]> = []
        for set in sets {
            guard let set else {
                self = .all
                return
            }
            names.formUnion(set.map { Array($0.utf8) })
        }
        self = .named(names.sorted { $0.lexicographicallyPrecedes($1) }.map { String(decoding: $0, as: UTF8.self) })
    }

    func contains(_ name: String) -> Bool {
        switch self {
        case .named(let names): names.contains { $0.utf8.elementsEqual(name.utf8) }
        case .all: true
        }
    }
}
