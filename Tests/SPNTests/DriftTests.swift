import SPN
import Testing

/// What an operator needs found, and what must not be announced.
struct DriftTests {
  private func firstDrift(_ values: [Double], after start: Int) -> (delay: Int, drift: Drift)? {
    for (i, outcome) in outcomes(of: values).enumerated() where i >= start {
      if let drift = outcome.drift { return (i - start, drift) }
    }
    return nil
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func aStuckSensorIsFound(_ seed: UInt64) throws {
    var values = autoregressive(1200, 0.6, seed: seed).map { ($0 * 10).rounded() / 10 }
    for i in 1000..<1200 { values[i] = values[999] }
    let found = try #require(firstDrift(values, after: 1000))
    #expect(found.delay < 40)
    #expect(found.drift.kind == .variance && found.drift.after == 0 && found.drift.before > 0)
    #expect(found.drift.age >= 20)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func aLevelShiftIsFoundAndLearned(_ seed: UInt64) throws {
    var values = autoregressive(2000, 0.6, seed: seed)
    for i in 1000..<2000 { values[i] += 12 }
    let found = try #require(firstDrift(values, after: 1000))
    #expect(found.delay < 60)
    #expect(found.drift.magnitude > 0)
    let tail = Array(outcomes(of: values).suffix(500))
    #expect(tail.allSatisfy { $0.drift == nil || $0.drift?.kind != .level })
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func aVarianceChangeIsFound(_ seed: UInt64) throws {
    var values = autoregressive(1600, 0.3, seed: seed)
    for i in 1000..<1600 { values[i] *= 4 }
    let found = try #require(firstDrift(values, after: 1000))
    #expect(found.delay < 60)
    #expect(found.drift.kind == .variance)
    #expect(found.drift.after > 1.5 * found.drift.before)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func aRampIsFound(_ seed: UInt64) throws {
    var values = autoregressive(2000, 0.3, seed: seed)
    for i in 1000..<2000 { values[i] += 0.15 * Double(i - 1000) }
    let found = try #require(firstDrift(values, after: 1000))
    #expect(found.delay < 300)
  }

  @Test(arguments: 1...5 as ClosedRange<UInt64>)
  func aRampThatThePredictorFollowsIsFound(_ seed: UInt64) throws {
    var values = autoregressive(3000, 0.5, seed: seed)
    for i in 2000..<3000 { values[i] += 0.008 * Double(i - 2000) }
    let found = try #require(firstDrift(values, after: 2000))
    #expect(found.delay < 800)
    #expect(found.drift.kind == .trend || found.drift.kind == .level)
    #expect(found.drift.after > found.drift.before)
  }

  @Test(arguments: 1...2 as ClosedRange<UInt64>)
  func aFourthRampIsFoundLikeTheFirst(_ seed: UInt64) {
    var values = autoregressive(9000, 0.5, seed: seed)
    var level = 0.0
    for i in values.indices {
      if i >= 2000 && i % 2000 < 1000 { level += 0.006 }
      values[i] += level
    }
    let alarms = outcomes(of: values).enumerated().compactMap { $1.drift == nil ? nil : $0 }
    for start in stride(from: 2000, to: 9000, by: 2000) {
      #expect(alarms.contains { (start..<(start + 300)).contains($0) }, "ramp at \(start)")
    }
    #expect(alarms.allSatisfy { $0 >= 2000 && $0 % 2000 < 1000 })
  }

  @Test func aRandomWalkHasNoRamps() {
    var drifts = 0
    for seed in 1...5 as ClosedRange<UInt64> {
      drifts += outcomes(of: autoregressive(8000, 1, seed: seed)).count { $0.drift != nil }
    }
    #expect(drifts <= 8)
  }

  /// Forty days of noise that is four times as large by day as by night.
  private func livelyDays(seed: UInt64) -> [Double] {
    var noise = Noise(seed: seed)
    return (0..<(40 * 96)).map { (32..<80).contains($0 % 96) ? 4 * noise.normal() : noise.normal() }
  }

  @Test func aLivelyDayIsNoDrift() {
    let withoutShares = Network(channels: 1, components: .all.subtracting(.hourScale))
    var counts = (with: 0, without: 0)
    for seed in 1...4 as ClosedRange<UInt64> {
      let values = livelyDays(seed: seed)
      counts.with += outcomes(of: values).dropFirst(960).count { $0.drift != nil }
      counts.without +=
        outcomes(of: values, network: withoutShares).dropFirst(960).count { $0.drift != nil }
    }
    #expect(counts.with * 4 < counts.without, "\(counts)")
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func aLouderDayIsADriftEvenSo(_ seed: UInt64) throws {
    var values = livelyDays(seed: seed)
    for i in 3000..<values.count { values[i] *= 4 }
    let found = try #require(firstDrift(values, after: 3000))
    #expect(found.delay < 60)
  }

  @Test func quietStreamsStayQuiet() {
    var drifts = 0
    for seed in 1...10 as ClosedRange<UInt64> {
      drifts += outcomes(of: autoregressive(5000, 0.5, seed: seed)).count { $0.drift != nil }
    }
    // The reference gives 0.4 per 10,000 events.
    #expect(drifts <= 8)
  }

  @Test(arguments: [0.02, 0.3, 2, 20])
  func countsAreNotStuck(_ mean: Double) {
    var noise = Noise(seed: 91)
    let found = outcomes(of: (0..<20_000).map { _ in noise.poisson(mean) })
    #expect(found.allSatisfy { $0.drift?.after != 0 || $0.drift?.kind != .variance })
  }

  @Test func aSlowCoarseSensorIsNotStuck() {
    // A temperature in whole degrees: long plateaus, but always of that kind.
    var noise = Noise(seed: 92)
    var level = 20.0
    let values = (0..<20_000).map { _ -> Double in
      level += 0.05 * noise.normal() + 0.001 * (20 - level)
      return level.rounded()
    }
    let stuck = outcomes(of: values).count { $0.drift?.after == 0 && $0.drift?.kind == .variance }
    #expect(stuck == 0)
  }
}
