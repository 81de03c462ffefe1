import JSON

extension StructuralSchema {
    func ruleVerdict(_ value: JSONValue, old: JSONValue?, structuralIssues: [FieldIssue]) -> Verdict { Verdict() }
}
