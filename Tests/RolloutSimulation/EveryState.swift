package import Reconcile
import Schema

/// All states of a roll-out that differ in what the decision looks at, of so many workers and four revisions.
///
/// The fourth revision is the newest. Workers are interchangeable but for their names, so each state is there once, with the workers in the
/// order of their conditions. Of what changes with time there is what makes a difference: a worker answers, is just down, or has been for
/// longer than it is waited for; its last word is older than what it was told last, or not; it has refused the newest revision, or not.
/// Soaks, logins, lateness and failures that may be tried again are no part of it: the simulation has them.
package struct EveryState: Sendable {
    /// One worker, apart from its name.
    package struct Condition: Hashable, Sendable {
        package enum Life: CaseIterable, Sendable { case serving, down, absent }

        /// 0: it has never judged by anything, and `running` is 0 as well.
        package var current: Int64
        /// 0: it is not on its way.
        package var target: Int64
        package var running: Int64
        package var life: Life
        package var hasRefusedNewest: Bool
        package var isHeardOf: Bool
    }

    package static let newest: Int64 = 4
    package static let now: Int64 = 1_000_000

    package let workers: Int
    package let conditions: [Condition]
    package let goods: [Int64]
    package let limits: [RolloutLimits]
    /// By place and condition.
    private let members: [[RolloutState.Member]]

    private init(workers: Int, conditions: [Condition], limits: [RolloutLimits], every step: Int) {
        self.workers = workers
        self.conditions = stride(from: 0, to: conditions.count, by: max(1, step)).map { conditions[$0] }
        self.limits = limits
        goods = Array(0...Self.newest)
        let chosen = self.conditions
        members = (0..<workers).map { place in chosen.map { $0.member("worker-\(place)") } }
    }

    // MARK: - What is crossed with what

    /// One or two workers: every value with every other, in a pause and not.
    package static func pairs(of workers: Int, every step: Int = 1) -> EveryState {
        EveryState(
            workers: workers,
            conditions: Condition.all { _ in true },
            limits: [RolloutLimits(), RolloutLimits(isPaused: true)],
            every: step
        )
    }

    /// Three workers: each runs what it is recorded with or what it is sent to; one at a time, and two.
    package static func triples(every step: Int = 1) -> EveryState {
        EveryState(
            workers: 3,
            conditions: Condition.all { $0.running == $0.current || $0.running == $0.target },
            limits: [RolloutLimits(), RolloutLimits(maxUnavailable: .count(2))],
            every: step
        )
    }

    /// Four workers, two at a time: as three, and their last word is older than what they were told.
    package static func fours(every step: Int = 1) -> EveryState {
        EveryState(
            workers: 4,
            conditions: Condition.all { !$0.isHeardOf && ($0.running == $0.current || $0.running == $0.target) },
            limits: [RolloutLimits(maxUnavailable: .count(2))],
            every: step
        )
    }

    // MARK: - Going through them

    /// Looks at all states whose first worker is in one condition; returns how many these are, and the first broken promise.
    package func check(first: Int) -> (states: Int, violation: String?) {
        var states = 0
        var state = RolloutState(latestRevision: Self.newest, nodes: [], now: Self.now)
        state.members = [members[0][first]]
        let violation = extend(&state, from: first, &states)
        return (states, violation)
    }

    private func extend(_ state: inout RolloutState, from least: Int, _ states: inout Int) -> String? {
        let place = state.members.count
        guard place < workers else { return check(&state, &states) }
        for condition in least..<conditions.count {
            state.members.append(members[place][condition])
            let violation = extend(&state, from: condition, &states)
            state.members.removeLast()
            if violation != nil { return violation }
        }
        return nil
    }

    private func check(_ state: inout RolloutState, _ states: inout Int) -> String? {
        for limits in limits {
            state.limits = limits
            for good in goods {
                state.lastGoodRevision = good
                states += 1
                if let violation = brokenPromise(of: nextStep(state), in: state) {
                    return "\(violation): good \(good), \(limits), \(state.members.map { ($0.status, $0.node) })"
                }
            }
        }
        return nil
    }
}

extension EveryState.Condition {
    /// All that can be told apart, and are wanted.
    fileprivate static func all(where isWanted: (Self) -> Bool) -> [Self] {
        let revisions = 1...EveryState.newest
        var found: [Self] = []
        for current in 0...EveryState.newest {
            for running in current == 0 ? 0...0 : revisions {
                for target in 0...EveryState.newest {
                    for life in Life.allCases {
                        // Whoever has it cannot have refused it; and without a word on its way there is nothing to be older than.
                        for hasRefused in current == EveryState.newest ? [false] : [false, true] {
                            for isHeardOf in target == 0 ? [false] : [false, true] {
                                found.append(
                                    Self(
                                        current: current,
                                        target: target,
                                        running: running,
                                        life: life,
                                        hasRefusedNewest: hasRefused,
                                        isHeardOf: isHeardOf
                                    )
                                )
                            }
                        }
                    }
                }
            }
        }
        return found.filter(isWanted)
    }

    fileprivate func member(_ name: String) -> RolloutState.Member {
        let now = EveryState.now
        let changedAt =
            switch life {
            case .serving: now - 5_000
            case .down: now
            case .absent: now - 600
            }
        let node = WorkerNode(
            name: name,
            isReady: life == .serving,
            readyChangedAt: changedAt,
            heartbeatAt: now - 3,
            running: running,
            observedTargetGeneration: isHeardOf ? 1 : 0
        )
        var status = NodeStatus(nodeName: name, currentRevision: current, currentRevisionTime: now - 5_000)
        if target != 0 {
            (status.targetRevision, status.targetRevisionTime, status.targetGeneration) = (target, now - 5, 1)
        }
        if hasRefusedNewest {
            status.lastFailure = NodeStatus.Failure(revision: EveryState.newest, time: now - 5, reason: .operandFailed)
        }
        return RolloutState.Member(node: node, status: status)
    }
}
