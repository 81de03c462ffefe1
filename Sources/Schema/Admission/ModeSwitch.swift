/// What decides whether the mode of authentication may be switched: what works now, and whether there is a way in besides it.
package struct ModeSwitch: Sendable {
    /// The modes that workers judge by now; empty: nothing works that could be lost.
    package let modesInForce: Set<Authentication.Mode>
    package let breakGlass: BreakGlassVerdict

    package init(modesInForce: Set<Authentication.Mode>, breakGlass: BreakGlassVerdict) {
        self.modesInForce = modesInForce
        self.breakGlass = breakGlass
    }

    /// Why the switch is refused; nil: it may be made.
    ///
    /// Whatever leads back to a mode that is in force is no switch away from it.
    func refusal(from old: Authentication.Mode, to new: Authentication.Mode) -> String? {
        guard old != new, !modesInForce.isEmpty, !modesInForce.contains(new), let reason = breakGlass.reason else { return nil }
        let working = modesInForce.map(\.rawValue).sorted().joined(separator: " and ")
        return """
            \(working) works now and would be left for \(new.rawValue), but \(reason). Prove first that one opens the door when \
            no token does: ctl break-glass verify --kubeconfig DATA/admin.kubeconfig (DATA: the controller's data folder)
            """
    }
}
