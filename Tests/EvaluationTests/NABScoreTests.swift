import Evaluation
import Testing

/// The rules of the Numenta Anomaly Benchmark, against values worked out by hand and by an outside
/// scorer.
@Suite struct NABScoreTests {
  /// A hundred events with one window; alarms of score 1 at some of them.
  private func entry(_ alarms: [Int], window: ClosedRange<Int> = 40...49) -> NABEntry {
    var scores = Array(repeating: Float(0), count: 100)
    for event in alarms { scores[event] = 1 }
    return NABEntry(scores: scores, windows: [window])
  }

  private func standard(_ alarms: [Int], window: ClosedRange<Int> = 40...49) -> Double {
    NABScore.at(0.5, [entry(alarms, window: window)], .standard).value
  }

  @Test func theFirstAlarmOfAWindowCounts() {
    #expect(abs(standard([40]) - 100) < 1e-9)
    // σ(−0.1) / σ(−1) = 0.24492 / 0.98661, and (0.24824 + 1) / 2.
    #expect(abs(standard([49]) - 62.4121) < 1e-3)
    #expect(standard([40, 44, 49]) == standard([40]))
  }

  @Test func alarmsOutsideCost() {
    // σ(1/9) = −0.27085 just behind the window; −1 before any window.
    #expect(abs(standard([40, 50]) - (100 - 50 * 0.11 * 0.27085)) < 1e-3)
    #expect(abs(standard([20, 40]) - (100 - 50 * 0.11)) < 1e-9)
    #expect(abs(standard([20]) + 50 * 0.11) < 1e-9)
    #expect(standard([]) == 0)
  }

  @Test func profilesWeighDifferently() {
    let late = [entry([20, 49])]
    #expect(
      abs(NABScore.at(0.5, late, .lowFalsePositives).value - (62.4121 - 50 * 0.22)) < 1e-3)
    // (0.24824 − 0.11 + 2) / 3
    #expect(abs(NABScore.at(0.5, late, .lowFalseNegatives).value - 71.2747) < 1e-3)
  }

  @Test func theProbationDoesNotCount() {
    #expect(NABEntry.probation(100) == 15)
    #expect(NABEntry.probation(100_000) == 750)
    #expect(standard([3, 14, 40]) == standard([40]))
    #expect(standard([3], window: 0...9).isNaN)
  }

  @Test func theBestThresholdIsTheHighestThatScoresBest() {
    var scores = Array(repeating: Float(0.1), count: 100)
    scores[30] = 0.6
    scores[41] = 0.7
    let best = NABScore.best([NABEntry(scores: scores, windows: [40...49])], .standard)
    #expect(best.threshold == 0.7)
    #expect(best.value > 95)
  }

  /// Numbers of the benchmark's own arithmetic (its published scorer in Python, vectorised) on the
  /// same scores.
  @Test func agreesWithAnOutsideScorer() {
    let windows = [[40...49, 80...84], [60...79], []]
    var random = SplitMix64(seed: 7)
    let entries = windows.map { windows in
      let scores = (0..<120).map { event in
        var score = random.uniform()
        if windows.contains(where: { $0.contains(event) }) {
          score = min(1, score + 0.1 * random.uniform())
        }
        return Float((score * 30).rounded(.down) / 32)
      }
      return NABEntry(scores: scores, windows: windows)
    }
    let standard = NABScore.best(entries, .standard)
    #expect(abs(standard.value - 34.810457376844006) < 1e-9)
    #expect(standard.threshold == 0.84375)
    let few = NABScore.best(entries, .lowFalsePositives)
    #expect(abs(few.value - 24.473114065037965) < 1e-9)
    #expect(few.threshold == 0.9375)
    #expect(abs(NABScore.best(entries, .lowFalseNegatives).value - 56.54030491789602) < 1e-9)
    let fixed = NABScore.at(standard.threshold, entries, .standard)
    #expect(abs(fixed.value - standard.value) < 1e-9)
  }
}

@Suite struct VUSPRTests {
  @Test func perfectScoresFillTheVolumeWithoutABuffer() {
    var scores = Array(repeating: Float(0), count: 1000)
    for i in 500...599 { scores[i] = 1 }
    let volume = VUSPR.of(scores: scores, windows: [500...599])
    #expect(volume > 0.95 && volume <= 1)
  }

  @Test func randomScoresGetTheShareOfLabels() {
    var random = SplitMix64(seed: 3)
    let scores = (0..<20_000).map { _ in Float(random.uniform()) }
    let volume = VUSPR.of(scores: scores, windows: [5000...6999])
    #expect(abs(volume - 0.1) < 0.02)
  }

  @Test func withoutWindowsThereIsNone() {
    #expect(VUSPR.of(scores: [1, 2], windows: []).isNaN)
  }
}
