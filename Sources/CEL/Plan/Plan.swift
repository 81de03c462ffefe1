/// The steps of a program and what a run of them needs.
final class Plan: Sendable {
    let checked: CheckedExpression
    let root: any Step
    /// The variables that the program reads, by slot.
    let globals: [String]
    let localCount: Int

    init(checked: CheckedExpression, root: any Step, globals: [String], localCount: Int) {
        self.checked = checked
        self.root = root
        self.globals = globals
        self.localCount = localCount
    }
}
