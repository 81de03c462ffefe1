/// Whether the closure ends without an error.
func isValid(_ parse: () throws(CELEvaluationError) -> Void) -> Bool {
    do {
        try parse()
        return true
    } catch {
        return false
    }
}
