import SPN
import Testing

/// Whatever comes in, what comes out is finite, bounded and quiet where it should be.
struct SafetyTests {
  /// A hostile series and the number of drifts that it may announce.
  struct Case: Sendable, CustomTestStringConvertible {
    let name: String
    let driftMax: Int
    let value: @Sendable (Int, inout Noise) -> Double
    var testDescription: String { name }
  }

  static let cases: [Case] = [
    Case(name: "zero", driftMax: 0) { _, _ in 0 },
    Case(name: "constant at 1e12", driftMax: 0) { _, _ in 1e12 },
    Case(name: "constant after a step", driftMax: 1) { i, _ in i < 700 ? 3 : 4 },
    Case(name: "sawtooth", driftMax: 2) { i, _ in Double(i % 10) },
    Case(name: "two values", driftMax: 0) { i, _ in Double(i % 2) },
    Case(name: "counter", driftMax: 0) { i, _ in Double(i) },
    Case(name: "exponential growth", driftMax: 3) { i, _ in 1.005 * Double(i) * Double(i) },
    Case(name: "noise at 1e12", driftMax: 1) { _, n in 1e12 + n.normal() },
    Case(name: "noise of 1e-12", driftMax: 1) { _, n in 1e-12 * n.normal() },
    Case(name: "noise of 1e-300", driftMax: 1) { _, n in 1e-300 * n.normal() },
    Case(name: "noise of 1e28", driftMax: 1) { _, n in 1e28 * n.normal() },
    Case(name: "huge and alternating", driftMax: 1) { i, _ in i % 2 == 0 ? 1e308 : -1e308 },
    Case(name: "spikes of 1e30", driftMax: 6) { i, n in i % 500 == 499 ? 1e30 : n.normal() },
    Case(name: "scale up 1e9", driftMax: 60) { i, n in (i < 1000 ? 1 : 1e9) * n.normal() },
    Case(name: "scale down 1e9", driftMax: 60) { i, n in (i < 1000 ? 1e9 : 1) * n.normal() },
    Case(name: "shift by 1e25", driftMax: 60) { i, n in (i < 1000 ? 0 : 1e25) + n.normal() },
    Case(name: "Cauchy", driftMax: 12) { _, n in n.normal() / n.normal() },
    Case(name: "infinities", driftMax: 2) { i, n in i % 7 == 3 ? .infinity : n.normal() },
    Case(name: "one in five missing", driftMax: 2) { _, n in n.uniform() < 0.2 ? .nan : n.normal()
    },
    Case(name: "all missing", driftMax: 0) { _, _ in .nan },
    Case(name: "a long gap", driftMax: 2) { i, n in (500..<1500).contains(i) ? .nan : n.normal() },
    Case(name: "Poisson counts", driftMax: 2) { _, n in n.poisson(2) },
    Case(name: "rare counts", driftMax: 6) { _, n in n.poisson(0.05) },
    Case(name: "rounded", driftMax: 2) { _, n in (n.normal() * 2).rounded() },
  ]

  @Test(arguments: cases)
  func outcomesAreFinite(_ test: Case) {
    var noise = Noise(seed: 11)
    let series = (0..<4000).map { test.value($0, &noise) }
    let found = outcomes(of: series)
    var hasStarted = false
    for (i, outcome) in found.enumerated() {
      #expect(outcome.evidence.isFinite && outcome.evidence >= 0, "event \(i)")
      #expect(outcome.score >= 0 && outcome.score <= 1, "event \(i)")
      #expect(outcome.surprise >= -2 && outcome.surprise <= 3, "event \(i)")
      #expect(outcome.driftSignal >= 0 && outcome.driftSignal <= 1, "event \(i)")
      if hasStarted {
        #expect(outcome.prediction.isFinite && abs(outcome.prediction) < 1e32, "event \(i)")
        #expect(outcome.lower.isFinite && outcome.lower <= outcome.upper, "event \(i)")
        #expect(outcome.upper.isFinite, "event \(i)")
      }
      hasStarted = hasStarted || series[i].isFinite
    }
    let drifts = found.enumerated().filter { $0.element.drift != nil }
    #expect(drifts.count <= test.driftMax, "\(drifts.map { ($0.offset, $0.element.drift) })")
    for (_, outcome) in drifts {
      guard let drift = outcome.drift else { continue }
      #expect(drift.age >= 0 && drift.magnitude.isFinite)
      #expect(drift.before.isFinite && drift.after.isFinite)
    }
  }

  @Test func anOffsetCostsNoPrecision() {
    let plain = autoregressive(4000, 0.9, seed: 5)
    let quantum = 1.0 / 1024
    let series = plain.map { ($0 / quantum).rounded() * quantum }
    let base = relativeError(outcomes(of: series), from: 500)
    let shifted = relativeError(outcomes(of: series.map { $0 + 1e9 }), from: 500)
    let far = relativeError(outcomes(of: plain.map { $0 + 1e12 }), from: 500)
    #expect(abs(shifted / base - 1) < 0.01)
    #expect(abs(far / base - 1) < 0.03)
  }

  @Test func aUnitDoesNotMatter() {
    let series = autoregressive(3000, 0.9, seed: 6)
    let base = outcomes(of: series)
    // A power of two changes no digit, so that all that depends on ratios is the same to the bit.
    let scaled = outcomes(of: series.map { $0 * 0x1p-30 })
    #expect(abs(relativeError(base, from: 300) - relativeError(scaled, from: 300)) < 0.01)
  }

  @Test func theAnchorFollowsTheStream() {
    let plain = autoregressive(4000, 0.9, seed: 7)
    // One first value far away: in Float, noise of 1 at 1e7 would be lost if all stayed relative to
    // it.
    let far = [0] + plain.map { $0 + 1e7 }
    let base = relativeError(outcomes(of: plain), from: 1000)
    #expect(abs(relativeError(outcomes(of: far), from: 1000) / base - 1) < 0.04)
  }

  /// Ten million events: every accumulator has long reached the length of its memory.
  @Test func aLongLifeStaysBounded() {
    var noise = Noise(seed: 17)
    var model = StreamModel(Network(channels: 1))
    var outcomes = [Outcome()]
    var value = 0.0
    var errors = (0.0, 0.0)
    let count = 10_000_000
    for i in 0..<count {
      value = 0.8 * value + noise.uniform() - 0.5
      let level = i / 50_000 % 2 == 0 ? 0.0 : 20
      let time = ModelTime(nanoseconds: (epoch + Int64(i) * 60) * 1_000_000_000)
      let values = [value + level]
      var span = outcomes.mutableSpan
      model.observe(values.span, at: time, into: &span)
      guard i > 0 else { continue }
      let error = abs(outcomes[0].value - outcomes[0].prediction)
      if i < count / 2 { errors.0 += error } else { errors.1 += error }
    }
    #expect(errors.1.isFinite && errors.1 < 1.01 * errors.0)
    let attribution = model.attribution(channel: 0)
    #expect(attribution.inputs.allSatisfy { abs($0.contribution) < 100 })
  }

  @Test func timesMayRepeatAndRunBackwards() {
    var noise = Noise(seed: 9)
    var model = StreamModel(Network(channels: 1))
    let times: [Int64] = [0, .max, .min, -1, 1, .max, 0, 0, 1_700_000_000_000_000_000]
    for i in 0..<2000 {
      let time = ModelTime(
        nanoseconds: times[i % times.count], zoneOffset: i % 2 == 0 ? .max : .min)
      let outcome = observe([noise.normal()], at: time, model: &model)[0]
      #expect(outcome.evidence.isFinite)
      #expect(i == 0 || outcome.prediction.isFinite)
      #expect(i == 0 || model.predict(channel: 0).prediction.isFinite)
    }
  }

  @Test func missingValuesSayWhatWasExpected() {
    var series = autoregressive(500, 0.8, seed: 2)
    series[400] = .nan
    let found = outcomes(of: series)
    #expect(found[400].value.isNaN)
    #expect(found[400].prediction.isFinite)
    #expect(found[400].evidence == 0 && found[400].drift == nil)
  }

  @Test(arguments: [10, 40, 300], [1e4, 1e9, 1e30])
  func aHugeSpikeLeavesNothingBehind(_ position: Int, _ size: Double) {
    var series = autoregressive(2000, 0.9, seed: 15)
    let base = relativeError(outcomes(of: series), from: position + 100)
    series[position] = size
    let found = outcomes(of: series)
    #expect(abs(relativeError(found, from: position + 100) / base - 1) < 0.02)
    #expect(abs(found[position + 1].prediction) < 0.5 * size)
  }

  /// Where outliers are nearly always jumps, quarantine costs next to nothing.
  @Test func aStreamThatJumpsIsBelieved() {
    var errors = (with: 0.0, without: 0.0)
    for seed in 12...17 as ClosedRange<UInt64> {
      var noise = Noise(seed: seed)
      var level = 0.0
      let series = (0..<20_000).map { _ in
        if noise.uniform() < 0.004 { level = 200 - level }
        return level + noise.normal()
      }
      func error(_ components: Components) -> Double {
        var model = StreamModel(Network(channels: 1, components: components))
        return relativeError(outcomes(of: series, from: 0, model: &model), from: 10_000)
      }
      let (with, without) = (error(.all), error(Components.all.subtracting(.quarantine)))
      errors.with += with
      errors.without += without
    }
    #expect(errors.with < 1.05 * errors.without)
  }

  @Test func anIsolatedSpikeIsForgiven() {
    var series = autoregressive(1500, 0.5, seed: 8)
    let clean = outcomes(of: series)
    series[1000] = 500
    let spiked = outcomes(of: series)
    #expect(spiked[1000].evidence > Outcome.alarmEvidence)
    #expect(spiked[1000].surprise == 3)
    for i in 1002..<1020 {
      let width = clean[i].upper - clean[i].lower
      #expect(abs(spiked[i].prediction - clean[i].prediction) < 0.5 * width, "event \(i)")
    }
  }

  @Test(arguments: 1...4 as ClosedRange<UInt64>)
  func anyBitPatternIsSurvived(_ seed: UInt64) {
    var noise = Noise(seed: seed)
    var model = StreamModel(Network(channels: 2))
    func bits() -> UInt64 { UInt64(noise.uniform() * 0x1p53) &* 0x9e37_79b9_7f4a_7c15 }
    for i in 0..<20_000 {
      // Stretches of ordinary values between, so that the hostile ones meet a settled state.
      let isOrdinary = (i / 200) % 2 == 0
      let any = Double(bitPattern: bits())
      let values = [isOrdinary ? noise.normal() : any, isOrdinary ? any : noise.normal()]
      let time = ModelTime(
        nanoseconds: isOrdinary ? Int64(i) * 1_000_000_000 : Int64(bitPattern: bits()))
      for outcome in observe(values, at: time, model: &model) where i > 100 {
        #expect(outcome.prediction.isFinite && outcome.lower <= outcome.upper, "event \(i)")
        #expect(outcome.lower.isFinite && outcome.upper.isFinite, "event \(i)")
        #expect(outcome.evidence.isFinite && outcome.surprise.isFinite, "event \(i)")
        #expect(outcome.driftSignal >= 0 && outcome.driftSignal <= 1, "event \(i)")
      }
    }
    #expect(model.attribution(channel: 0).experts.allSatisfy { $0.contribution.isFinite })
  }
}
