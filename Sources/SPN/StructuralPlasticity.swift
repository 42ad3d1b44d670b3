/// Grows synapses to the past where the residual correlates with itself, and prunes the least
/// useful.
///
/// c_L ← c_L + b (e_t e_{t−L} − c_L) for 505 lags L; every 32 events the largest |c_L| beyond six
/// standard errors gets one of three slots. Residuals are kept in 8 bits (they are within ±3 mean
/// errors), in a ring that runs backwards so that lags are contiguous.
struct StructuralPlasticity: ~Copyable {
  private var correlations: InlineArray<512, Float>
  private var residuals: InlineArray<512, Int8>
  private var position: Int
  private(set) var lags: SIMD4<Int32>
  private var ages: SIMD4<Float>
  private var utilities: SIMD8<Float>
  private var variance: Float
  private var reserved: SIMD4<Float>

  private static let unitsPerError: Float = 42

  /// Starts without synapses.
  mutating func begin() { variance = 1e-6 }

  /// The lag of a slot in events, or 0 while it is empty.
  func lag(_ slot: Int) -> Int { Int(lags[slot]) }

  /// One slot, for people to look at.
  func view(_ slot: Int) -> Anatomy.Synapse {
    Anatomy.Synapse(
      lag: lag(slot), age: Int(ages[slot]),
      utility: Double(utilities[2 * slot] + utilities[2 * slot + 1]))
  }

  /// Notes how much the plastic neuron's lag synapses say.
  mutating func noteUse(weights: Lanes, inputs: Lanes) {
    for i in 0..<(2 * Constants.lagSlotCount) {
      let input = Constants.lagInput + i
      utilities[i] += 0.005 * (abs(weights[input] * inputs[input]) - utilities[i])
    }
    ages += 1
  }

  /// Learns how the slow neuron's error, in mean errors within ±3, goes with those before it.
  mutating func learn(_ error: Float, event: Observation) {
    let rate = event.rate(atLeast: Constants.correlationRate)
    variance += rate * (error * error - variance)
    position = (position &- 1) & (Constants.historyCount &- 1)
    let units = (error * Self.unitsPerError).rounded()
    residuals[position] = units.isFinite ? Int8(clip(units, 127)) : 0
    let rounded = error / Self.unitsPerError
    // The ring is passed in two runs, so that both arrays are read and written in order.
    correlate(lags: 0, Constants.historyCount - position, offset: position, rounded, rate)
    correlate(
      lags: Constants.historyCount - position, Constants.historyCount,
      offset: position - Constants.historyCount, rounded, rate)
  }

  /// Keeps the ring in step with an event that was not learned.
  mutating func skip() {
    position = (position &- 1) & (Constants.historyCount &- 1)
    residuals[position] = 0
  }

  /// The slot that gets a new synapse at this event, if one is to grow.
  mutating func grow(eventIndex: Int64, event: Observation) -> Int? {
    guard eventIndex % 32 == 0, eventIndex > 64 else { return nil }
    let rate = event.rate(atLeast: Constants.correlationRate)
    var best = Constants.growthThreshold * (rate / 2).squareRoot() * variance
    var found = 0
    let longest = Int(min(eventIndex - 2, Int64(Constants.historyCount - 1))) - 1
    let first = Constants.stepCount + 1
    let end = max(longest, first + 1)
    for start in stride(from: 0, to: end, by: 8) {
      let eight = correlations.span.eight(from: start)
      // Mostly none of eight is large enough, and they need not be looked at one by one.
      guard eight.replacing(with: -eight, where: eight .< 0).largest > best else { continue }
      for lag in max(first, start)..<min(start + 8, end) {
        let size = abs(correlations[lag])
        if size > best, eventIndex > 2 * Int64(lag), !isTaken(lag) {
          best = size
          found = lag
        }
      }
    }
    guard found > 0, let slot = replaceableSlot() else { return nil }
    lags[slot] = Int32(truncatingIfNeeded: found)
    ages[slot] = 0
    utilities[2 * slot] = 0
    utilities[2 * slot + 1] = 0
    return slot
  }

  @inline(__always)
  private mutating func correlate(
    lags first: Int, _ end: Int, offset: Int, _ error: Float, _ rate: Float
  ) {
    var correlations = correlations.mutableSpan
    let residuals = residuals.span
    // Both indices stay within 0…511: first + offset ≥ 0 and end + offset ≤ 512.
    for lag in first..<end {
      let old = unsafe correlations[unchecked: lag]
      let product = unsafe error * Float(residuals[unchecked: lag &+ offset])
      unsafe correlations[unchecked: lag] = old + rate * (product - old)
    }
  }

  private mutating func isTaken(_ lag: Int) -> Bool {
    for k in 0..<Constants.lagSlotCount where lags[k] > 0 && abs(Int(lags[k]) - lag) <= 1 {
      return true
    }
    return false
  }

  private mutating func replaceableSlot() -> Int? {
    for k in 0..<Constants.lagSlotCount where lags[k] == 0 { return k }
    var best: Int?
    var least = Constants.pruneUtility
    for k in 0..<Constants.lagSlotCount where ages[k] > Constants.pruneAge {
      let utility = utilities[2 * k] + utilities[2 * k + 1]
      if utility < least {
        best = k
        least = utility
      }
    }
    return best
  }
}
