/// What one period of a regime looks like, so that the regime is known again from its first few
/// events instead of from its first whole period.
///
/// The mean of the periods that the history held when the regime ended, in at most 24 parts of 8
/// bits, relative to the regime's level; between the middles of parts it is interpolated.
struct RegimePattern {
  private var parts: InlineArray<24, Int8>
  private var unit: Float
  /// Its events, or 0 where the regime has none.
  private var period: UInt16
  /// A bit for each lag synapse that reached whole periods back.
  private var periodicSlots: UInt16

  private static let partCount = 24

  /// Whether the regime has one.
  var isSeasonal: Bool { period > 0 }

  /// Whether a lag synapse reached whole periods back, so that the pattern can stand in for it.
  func isPeriodic(_ slot: Int) -> Bool { periodicSlots >> UInt16(slot) & 1 == 1 }

  /// Learns from the history of a regime that ended some events ago.
  /// - Parameters:
  ///   - lags: the periods to choose from, 0 where there is none.
  ///   - level: the regime's, relative to the anchor, as all values.
  ///   - events: the regime's, as events before the newest, of which the history holds a part.
  ///   - eventIndex: the newest event's.
  mutating func learn(
    _ history: inout LagHistory, lags: SIMD4<Int32>, level: Float, events: Range<Int>,
    eventIndex: Int64
  ) {
    self = RegimePattern(parts: .init(repeating: 0), unit: 0, period: 0, periodicSlots: 0)
    let end = min(events.upperBound, Constants.historyCount)
    guard let lag = Self.period(&history, lags: lags, level: level, events.lowerBound, end)
    else { return }
    period = UInt16(lag)
    for k in 0..<Constants.lagSlotCount where lags[k] > 0 && Int(lags[k]) % lag == 0 {
      periodicSlots |= 1 << UInt16(k)
    }
    var sums = InlineArray<24, Float>(repeating: 0)
    var counts = InlineArray<24, Float>(repeating: 0)
    for ago in events.lowerBound..<end {
      let part = phase(of: eventIndex - Int64(ago)) / width
      sums[part] += history.value(ago: ago) - level
      counts[part] += 1
    }
    for part in sums.indices {
      sums[part] /= max(counts[part], 1)
      unit = max(unit, abs(sums[part]) / 127)
    }
    guard unit > 0 else { return }
    for part in sums.indices { parts[part] = Int8((sums[part] / unit).rounded()) }
  }

  /// The pattern at an event, relative to the regime's level.
  func value(at eventIndex: Int64) -> Float {
    let phase = phase(of: eventIndex)
    guard width > 1 else { return unit * Float(parts[phase]) }
    let place = (Float(phase) + 0.5) / Float(width) + Float(count) - 0.5
    let whole = Int(place)
    let near = Float(parts[whole % count])
    let far = Float(parts[(whole + 1) % count])
    return unit * (near + (place - Float(whole)) * (far - near))
  }

  /// Events of a part.
  private var width: Int { (Int(period) + Self.partCount - 1) / Self.partCount }

  private var count: Int { (Int(period) + width - 1) / width }

  private func phase(of eventIndex: Int64) -> Int {
    Int(UInt32(truncatingIfNeeded: eventIndex) % UInt32(period))
  }

  /// The shortest of the lags at which values repeat best, if they do.
  private static func period(
    _ history: inout LagHistory, lags: SIMD4<Int32>, level: Float, _ start: Int, _ end: Int
  ) -> Int? {
    var best: Int?
    var least = Float.infinity
    for k in 0..<Constants.lagSlotCount {
      let lag = Int(lags[k])
      guard lag > 0, start + lag + min(lag, 64) <= end else { continue }
      var difference: Float = 0
      var distance: Float = 0
      for ago in start..<(end - lag) {
        difference += abs(history.value(ago: ago) - history.value(ago: ago + lag))
        distance += abs(history.value(ago: ago) - level)
      }
      let share = difference / (distance + Constants.scaleMin)
      let isBetter = share < 0.95 * least || (share < 1.05 * least && lag < best ?? 0)
      guard share < Constants.seasonalShare, isBetter else { continue }
      best = lag
      least = min(share, least)
    }
    return best
  }
}
