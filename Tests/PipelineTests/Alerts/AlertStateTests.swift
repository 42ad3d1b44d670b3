import Evaluation
import Pipeline
import SPN
import Testing

@Suite struct AlertStateTests {
  private var policy = Definition.Alerts()

  init() { policy.warmUp = 50 }

  private func outcome(
    _ evidence: Float, value: Double = 1, expected: Double = 0, drift: Drift? = nil
  ) -> Outcome {
    var outcome = Outcome()
    outcome.value = value
    outcome.expected = expected
    outcome.evidence = evidence
    outcome.drift = drift
    return outcome
  }

  private func quiet(_ state: inout AlertState, events: Int) {
    for _ in 0..<events { #expect(observe(&state, outcome(0)) == .none) }
  }

  private func observe(_ state: inout AlertState, _ outcome: Outcome) -> AlertState.Change {
    state.observe(outcome, time: 0, offset: 0, spacing: 60, policy: policy)
  }

  @Test func warmUpRaisesNoAlarm() {
    var state = AlertState()
    for _ in 0..<50 { #expect(observe(&state, outcome(20)) == .suppressed(.warmUp)) }
    #expect(!state.isOpen)
  }

  @Test func strongEvidenceOpensOnceAndEndsAfterTenCalmEvents() {
    var state = AlertState()
    quiet(&state, events: 300)
    #expect(observe(&state, outcome(15)) == .opened)
    #expect(observe(&state, outcome(14)) == .none)
    for _ in 0..<9 { #expect(observe(&state, outcome(0)) == .none) }
    #expect(state.isOpen)
    #expect(observe(&state, outcome(0, value: 0)) == .resolved(.returned))
    #expect(!state.isOpen)
  }

  @Test func evidenceBetweenExitAndEnterKeepsAnAnomalyOpen() {
    var state = AlertState()
    quiet(&state, events: 300)
    #expect(observe(&state, outcome(15)) == .opened)
    for _ in 0..<100 { #expect(observe(&state, outcome(state.level * 0.8)) == .none) }
    #expect(state.isOpen)
  }

  @Test func aValueThatStaysIsLearned() {
    var state = AlertState()
    quiet(&state, events: 300)
    #expect(observe(&state, outcome(15, value: 9)) == .opened)
    let drift = Drift(kind: .level, age: 3, magnitude: 4, before: 0, after: 9)
    #expect(observe(&state, outcome(3, value: 9, drift: drift)) == .resolved(.learned))
  }

  /// Rule 8.
  @Test func anAnomalyEndsWhereItsModelGoesOnByOtherFormulas() {
    var state = AlertState()
    quiet(&state, events: 300)
    #expect(observe(&state, outcome(15)) == .opened)
    let change = state.observe(
      outcome(15), time: 0, offset: 0, spacing: 60, policy: policy, isUpgraded: true)
    #expect(change == .resolved(.upgraded) && !state.isOpen)
    var calm = AlertState()
    quiet(&calm, events: 300)
    let opened = calm.observe(
      outcome(15), time: 0, offset: 0, spacing: 60, policy: policy, isUpgraded: true)
    #expect(opened == .opened)
  }

  @Test func habituationLetsOnlyStrongerEvidenceThrough() {
    var state = AlertState()
    quiet(&state, events: 1000)
    #expect(observe(&state, outcome(8)) == .opened)
    quietly(&state, 10)
    #expect(observe(&state, outcome(8)) == .suppressed(.habituation))
    #expect(observe(&state, outcome(16)) == .opened)
  }

  private func quietly(_ state: inout AlertState, _ events: Int) {
    for _ in 0..<events { _ = observe(&state, outcome(0)) }
    #expect(!state.isOpen)
  }

  @Test func directionAndSizeFilterAlarms() {
    var up = AlertState()
    var upOnly = policy
    upOnly.direction = .up
    upOnly.minAbsolute = 2
    for _ in 0..<300 {
      _ = up.observe(outcome(0), time: 0, offset: 0, spacing: 60, policy: upOnly)
    }
    for value in [-5.0, 1.0] {
      let change = up.observe(
        outcome(15, value: value), time: 0, offset: 0, spacing: 60, policy: upOnly)
      #expect(change == .suppressed(.policy))
    }
    let change = up.observe(
      outcome(15, value: 5), time: 0, offset: 0, spacing: 60, policy: upOnly)
    #expect(change == .opened)
  }

  @Test func graverEvidenceIsAnUpdate() {
    var state = AlertState()
    quiet(&state, events: 300)
    #expect(observe(&state, outcome(state.level * 1.2)) == .opened)
    #expect(state.severity == .minor)
    #expect(observe(&state, outcome(state.level * 4)) == .updated)
    #expect(state.severity == .critical)
  }
}

@Suite struct EvidenceTailTests {
  @Test func theLevelNeverFallsBelowTheFixedOne() {
    var tail = EvidenceTail()
    for _ in 0..<10_000 { tail.observe(0) }
    #expect(tail.level(exceededWithProbability: 0.1) == EvidenceTail.fixedLevel)
  }

  @Test func anExponentialTailIsExceededAsOftenAsAsked() {
    var random = SplitMix64(seed: 3)
    var tail = EvidenceTail()
    var exceeded = 0
    for index in 0..<400_000 {
      // Evidence above 0.9 in one event of fifty, exponential with mean 1 beyond it.
      let isPeak = random.uniform() < 0.02
      let evidence = isPeak ? 0.9 - Functions.log(1 - random.uniform()) : 0
      if index >= 100_000, Float(evidence) > tail.level(exceededWithProbability: 1e-3) {
        exceeded += 1
      }
      tail.observe(Float(evidence))
    }
    // 300 are expected; the estimate's own noise and the winsorised excess allow a factor of two.
    #expect((150...600).contains(exceeded), "\(exceeded), seed 3")
  }

  @Test func aLongAnomalyIsOnePeak() {
    var brief = EvidenceTail()
    var long = EvidenceTail()
    for index in 0..<20_000 {
      brief.observe(index % 200 == 0 ? 3 : 0)
      long.observe(index % 200 < 30 ? 3 : 0)
    }
    let levels = [brief, long].map { $0.level(exceededWithProbability: 1e-3) }
    #expect(levels[0] > EvidenceTail.fixedLevel)
    #expect(abs(levels[1] / levels[0] - 1) < 0.02, "\(levels)")
  }

  @Test func aRarerBudgetMeansAHigherLevel() {
    var tail = EvidenceTail()
    for index in 0..<2000 { tail.observe(index.isMultiple(of: 20) ? 2 : 0) }
    let levels = [1e-2, 1e-4, 1e-6].map { tail.level(exceededWithProbability: $0) }
    #expect(levels[0] < levels[1] && levels[1] < levels[2])
  }
}
