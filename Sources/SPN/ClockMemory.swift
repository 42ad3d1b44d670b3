/// What followed at this time of the day and of the week: two inputs of the predictor. (The levels
/// are the contextual memory's, `ContextTables`.)
///
/// A slot's step is a mean that learns at 1/visits, later at 0.05 (day) or 0.1 (week) per
/// visit. Steps are within ±4 scales and kept as 16-bit fractions.
struct ClockMemory: ~Copyable {
  private var daySteps: InlineArray<96, Int16>
  private var weekSteps: InlineArray<168, Int16>
  private var dayVisits: InlineArray<96, UInt8>
  private var weekVisits: InlineArray<168, UInt8>

  /// The largest step that is learned, in step scales.
  static let stepMax: Float = 4
  /// Steps are kept in units of 1/8191 of a step scale.
  private static let unitsPerScale: Float = 8191

  /// The usual step into this slot of the day, in step scales, −4…4.
  mutating func dayStep(_ slots: ClockSlots) -> Float {
    Float(daySteps[slots.quarterHour]) / Self.unitsPerScale
  }

  /// The usual step into this slot of the week, in step scales, −4…4.
  mutating func weekStep(_ slots: ClockSlots) -> Float {
    Float(weekSteps[slots.weekHour]) / Self.unitsPerScale
  }

  /// Learns one visit of a slot by the step from the last value, in step scales.
  mutating func learn(_ slots: ClockSlots, step: Float) {
    let step = clip(step, Self.stepMax)
    let day = slots.quarterHour
    let week = slots.weekHour
    let dayRate = max(1 / (Float(dayVisits[day]) + 1), Constants.dayRate)
    let weekRate = max(1 / (Float(weekVisits[week]) + 1), Constants.weekRate)
    daySteps[day] = Self.moved(daySteps[day], towards: step, rate: dayRate)
    weekSteps[week] = Self.moved(weekSteps[week], towards: step, rate: weekRate)
    if dayVisits[day] < 255 { dayVisits[day] += 1 }
    if weekVisits[week] < 255 { weekVisits[week] += 1 }
  }

  private static func moved(_ units: Int16, towards step: Float, rate: Float) -> Int16 {
    let old = Float(units)
    let new = old + rate * (step * unitsPerScale - old)
    return new.isFinite ? Int16(clip(new, 32_766).rounded()) : units
  }
}
