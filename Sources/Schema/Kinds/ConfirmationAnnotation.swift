/// The annotations by which a change of `Authentication` is confirmed, or undone by itself.
package enum ConfirmationAnnotation {
    /// On an Authentication: the seconds within which its author will confirm the change, and a word that tells requests apart.
    /// On a revision: what it was when the revision was made.
    package static let confirmWithin = "postern.dev/confirm-within"
    /// On a revision: when it is undone unless it is confirmed (RFC 3339).
    package static let confirmBy = "postern.dev/confirm-by"
    /// On a revision: the one whose configuration comes back then.
    package static let revertTo = "postern.dev/revert-to"
    /// On a revision: who has confirmed it; `ctl rollout confirm` writes it.
    package static let confirmedBy = "postern.dev/confirmed-by"
    /// On a revision: when it was seen that people log in through it, too (RFC 3339).
    package static let confirmedAt = "postern.dev/confirmed-at"

    /// The shortest and longest time that may be asked for, in seconds.
    package static let seconds: ClosedRange<Int64> = 10...86_400
}
