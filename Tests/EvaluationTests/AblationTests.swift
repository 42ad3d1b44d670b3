import Evaluation
import SPN
import Testing

@Suite struct AblationTests {
  @Test func everyComponentIsNamedOnce() {
    var rest = Components.all
    for (name, component) in AblationEvaluation.components {
      #expect(rest.isSuperset(of: component), "\(name) stands twice")
      rest.remove(component)
    }
    #expect(rest.isEmpty)
  }

  @Test func theIntervalOfADifferenceHoldsIt() {
    let same = PairedDifference([2, 2, 2], weights: [1, 1, 2])
    #expect(same.value == 1.5)
    #expect(same.isAboveZero && !same.isBelowZero)
    let mixed = PairedDifference([-1, 1, -1, 1], weights: [1, 1, 1, 1], scale: 10)
    #expect(mixed.value == 0)
    #expect(mixed.low == -10 && mixed.high == 10)
    #expect(!mixed.isAboveZero && !mixed.isBelowZero)
    #expect(mixed == PairedDifference([-1, 1, -1, 1], weights: [1, 1, 1, 1], scale: 10))
  }

  /// Of normal differences the interval is the textbook's: ±1.96 σ/√n around their mean.
  @Test func theIntervalIsAsWideAsTheTextbooks() {
    var random = SplitMix64(seed: 6)
    let differences = (0..<400).map { _ in 0.5 + random.normal() }
    let found = PairedDifference(differences, weights: differences.map { _ in 1 })
    #expect(abs(found.high - found.value - 0.098) < 0.02)
    #expect(abs(found.value - found.low - 0.098) < 0.02)
  }

  @Test func messagesHelpThoseWhoFollowAndHarmNobody() throws {
    let streams = AblationStreams(
      labelled: [], plain: [], seeds: [], groups: 6, Settings(), .alone)
    let table = AblationEvaluation.report(streams, Settings(), .alone).tables[0]
    let place = try #require(AblationEvaluation.components.firstIndex { $0.name == "messages" })
    guard case .difference(let followers) = table.rows[place + 1][1],
      case .difference(let others) = table.rows[place + 1][2]
    else {
      Issue.record("the table has other columns")
      return
    }
    #expect(followers.isAboveZero && followers.value > 0.1)
    #expect(others.value > -0.01)
  }

  @Test func recallHelpsWhatRepeats() throws {
    let streams = AblationStreams(
      labelled: [], plain: [], seeds: [], repeating: 8, Settings(), .alone)
    let table = AblationEvaluation.report(streams, Settings(), .alone).tables[0]
    let components = AblationEvaluation.components
    let place = try #require(components.firstIndex { $0.name == "episodic recall" })
    guard case .difference(let repeating) = table.rows[place + 1][1] else {
      Issue.record("the table has other columns")
      return
    }
    #expect(repeating.isAboveZero && repeating.value > 0.1)
  }

  @Test func theTableHasARowForEachComponent() {
    let labelled = (1...2).map { SyntheticAnomalies.make(seed: $0) }
    let streams = AblationStreams(
      labelled: labelled, plain: [], seeds: [], Settings(), .alone)
    let table = AblationEvaluation.report(streams, Settings(), .alone).tables[0]
    #expect(table.rows.count == AblationEvaluation.components.count + 1)
    #expect(table.columns[1].title == "synthetic score")
  }
}
