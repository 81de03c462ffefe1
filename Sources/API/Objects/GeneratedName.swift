/// Names for objects that come with `generateName`: the prefix and five letters or digits that cannot spell a word.
enum GeneratedName {
    private static let alphabet = Array("bcdfghjklmnpqrstvwxz2456789")
    private static let longestPrefix = 63 - 5

    static func make(prefix: String, using generator: inout some RandomNumberGenerator) -> String {
        var name = String(prefix.prefix(longestPrefix))
        for _ in 0..<5 { name.append(alphabet[Int.random(in: alphabet.indices, using: &generator)]) }
        return name
    }
}
