/// The steps of a program and what a run of them needs.
final class Plan: Sendable {
    let root: any Step
    /// The variables that the program reads, by slot.
    let globals: [String]
    let localCount: Int

    init(root: any Step, globals: [String], localCount: Int) {
        self.root = root
        self.globals = globals
        self.localCount = localCount
    }
}
