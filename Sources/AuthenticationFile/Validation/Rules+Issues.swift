import JSON
import Schema

extension [AuthenticationConfiguration.ClaimValidationRule] {
    func issues(at path: FieldPath, _ expressions: inout ExpressionChecks) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        var claims = SeenTexts()
        var texts = SeenTexts()
        for (index, rule) in enumerated() {
            let path = path[index]
            switch (rule.claim.isEmpty, rule.expression.isEmpty) {
            case (false, false):
                issues.append(.invalid(path, .string(rule.claim), "claim and expression can't both be set"))
            case (true, true):
                issues.append(.required(path, "claim or expression is required"))
            case (false, true):
                if !rule.message.isEmpty {
                    issues.append(.invalid(path["message"], .string(rule.message), "may not be specified when claim is set"))
                }
                if claims.hasSeen(rule.claim) { issues.append(.duplicate(path["claim"], .string(rule.claim))) }
            case (true, false):
                if !rule.requiredValue.isEmpty {
                    let detail = "may not be specified when expression is set"
                    issues.append(.invalid(path["requiredValue"], .string(rule.requiredValue), detail))
                }
                if texts.hasSeen(rule.expression) {
                    issues.append(.duplicate(path["expression"], .string(rule.expression)))
                } else {
                    issues += expressions.check(rule.expression, as: .claimCondition, at: path["expression"])
                }
            }
        }
        return issues
    }
}

extension [AuthenticationConfiguration.UserValidationRule] {
    func issues(at path: FieldPath, _ expressions: inout ExpressionChecks) -> [FieldIssue] {
        var issues: [FieldIssue] = []
        var texts = SeenTexts()
        for (index, rule) in enumerated() {
            let path = path[index]["expression"]
            if rule.expression.isEmpty {
                issues.append(.required(path))
            } else if texts.hasSeen(rule.expression) {
                issues.append(.duplicate(path, .string(rule.expression)))
            } else {
                issues += expressions.check(rule.expression, as: .userCondition, at: path)
            }
        }
        return issues
    }
}
