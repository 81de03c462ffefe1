/// Decides the one next thing to do.
///
/// Promises, whatever the state: one worker goes first and the others follow once the revision has proven itself there (until then only
/// one that may have an unproven revision, for all that is known, is sent on; the others go back); no more than `maxUnavailable`
/// workers are changing or down by our doing (those that never judged by any revision are not counted: they have nothing to lose); a
/// revision that failed is not carried further and who took it goes back to the last good one; `currentRevision` falls only on that way
/// back; a dead worker holds nobody up for longer than `progressDeadlineSeconds`; a newer revision overtakes at once; while the roll-out
/// is paused, nobody is sent to a revision that has yet to prove itself.
package func nextStep(_ state: RolloutState) -> Step {
    let goal = state.goal
    switch goal {
    case .none: return .settled
    case .stuck(let revision):
        return state.waiting("revision \(revision) failed and there is no earlier one to go back to; a new revision is needed")
    case .advance(let revision), .hold(let revision), .goBack(let revision):
        let course = Course(state, goal, revision)
        if course.isPaused {
            return course.arrival() ?? course.failure() ?? course.shelter()
                ?? state.waiting("the roll-out of revision \(revision) is paused")
        }
        return course.arrival() ?? course.failure() ?? course.redirection() ?? course.departure()
    }
}
