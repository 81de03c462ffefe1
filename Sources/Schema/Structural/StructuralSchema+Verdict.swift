import JSON

extension StructuralSchema {
    /// Everything that a schema has to say about a whole object.
    func verdict(on value: JSONValue, replacing old: JSONValue? = nil) -> Verdict {
        var structure = StructuralValidator()
        structure.validate(value, old: old, self, at: .root)
        var verdict = Verdict()
        verdict.issues = structure.issues + ListTypeValidator.issues(of: value, replacing: old, self)
        var rules = RuleValidator(structuralIssues: verdict.issues)
        rules.validate(value, old: old, self, at: .root)
        verdict.merge(rules.verdict)
        return verdict
    }
}
