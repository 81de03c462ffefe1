import Atomics

/// Who may do what: the table that is built in, and the roles and bindings that are stored. Asked by every request, without a lock.
final class AccessControl: Sendable {
    private final class Box: AtomicReference, Sendable {
        let grants: RoleGrants
        init(_ grants: RoleGrants) { self.grants = grants }
    }

    private let builtIn: AccessRules
    private let box = ManagedAtomic(Box(RoleGrants()))

    init(_ builtIn: AccessRules) { self.builtIn = builtIn }

    private var grants: RoleGrants { box.load(ordering: .acquiring).grants }

    func replace(with grants: RoleGrants) { box.store(Box(grants), ordering: .releasing) }

    func allow(_ attempt: AccessAttempt, by caller: Caller) -> Bool {
        builtIn.allow(attempt, by: caller) || grants.allow(attempt, by: caller)
    }

    /// Everything that somebody may do in a namespace; nil: in all of them and outside.
    func rules(of caller: Caller, in namespace: String?) -> [PolicyRule] {
        builtIn.policyRules(of: caller, in: namespace) + grants.rules(of: caller, in: namespace)
    }
}
