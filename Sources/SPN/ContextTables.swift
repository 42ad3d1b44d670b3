/// What is normal at this time of the clock: levels per two hours, hour and quarter of the day, per
/// hour of working days and weekends, and per hour of the week.
///
/// A slot's level is the mean of its visits at first, and then moves by 0.3 per visit, however many
/// events a visit has.
struct ContextTables: ~Copyable {
  private var levels: InlineArray<348, Float>
  private var visits: InlineArray<348, UInt16>

  /// Places in the tables, one for each kind of slot.
  private static func places(_ slots: ClockSlots) -> InlineArray<5, Int> {
    [
      slots.twoHours, 12 + slots.hour, 36 + slots.quarterHour, 132 + slots.weekendHour,
      180 + slots.weekHour,
    ]
  }

  private static let slotSeconds: InlineArray<5, Double> = [7200, 3600, 900, 3600, 3600]

  /// The six expectations: the slow mean, then the five slots; an unknown slot expects the value
  /// (or, in the week, the hour's level).
  mutating func expectations(_ slots: ClockSlots, mean: Double, value: Double) -> InlineArray<
    6, Double
  > {
    let places = Self.places(slots)
    let hour = level(at: places[1], after: 0, else: value)
    return [
      mean, level(at: places[0], after: 0, else: value), hour,
      level(at: places[2], after: 0, else: value), level(at: places[3], after: 1, else: hour),
      level(at: places[4], after: 1, else: hour),
    ]
  }

  @inline(__always)
  private mutating func level(at place: Int, after visitsMin: UInt16, else fallback: Double)
    -> Double
  {
    visits[place] > visitsMin ? Double(levels[place]) : fallback
  }

  /// Learns a value in all five slots of its time.
  /// - Parameter spacing: seconds between events, 0 while unknown.
  mutating func learn(_ value: Double, _ slots: ClockSlots, spacing: Double) {
    let places = Self.places(slots)
    for j in 0..<5 {
      let place = places[j]
      if visits[place] < UInt16.max { visits[place] += 1 }
      let eventsPerVisit = spacing > 0 ? max(1, Self.slotSeconds[j] / spacing) : 1
      let rate = max(1 / Double(visits[place]), Constants.contextRate / eventsPerVisit)
      let old = Double(levels[place])
      levels[place] = Float(old + rate * (value - old))
    }
  }

  /// The usual level in an hour of the week, 0…167, or nil before the first visit.
  mutating func weekLevel(_ hour: Int) -> Float? {
    visits[180 + hour] > 0 ? levels[180 + hour] : nil
  }

  /// The usual level at an hour of the day, or nil before the first visit.
  mutating func dayHourLevel(_ slots: ClockSlots) -> Float? {
    let place = Self.places(slots)[1]
    return visits[place] > 0 ? levels[place] : nil
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Double) {
    for i in levels.indices where visits[i] > 0 { levels[i] = Float(Double(levels[i]) - delta) }
  }
}
