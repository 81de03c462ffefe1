/// Everything in a well-formed expression whose name is unknown or whose type does not fit.
package struct CheckError: Error, Sendable {
    package let problems: [SourceProblem]
}
