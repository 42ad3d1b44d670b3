/// How large residuals are at each hour of the day, relative to the whole day: what keeps a lively
/// noon after a calm night from looking like a change of variance every morning.
///
/// A residual's size is taken for the product of a level, which follows within some hundred events,
/// and a share of the hour, which follows within some twenty days: a real change of variance, which
/// the hours have in common, moves the level. A share counts only for what sampling does not
/// explain.
struct HourScale: ~Copyable {
  private var shares: InlineArray<24, Float>
  private var events: InlineArray<24, UInt16>
  /// The usual size at an hour with share 1.
  private var level: Float

  /// How large residuals are at this hour, relative to the day, 1/16…16; 1 while unknown.
  mutating func share(_ slots: ClockSlots) -> Float {
    let count = Float(events[slots.hour])
    guard count > 0 else { return 1 }
    let doubt = 1 + Constants.hourDoubt / count.squareRoot()
    let share = shares[slots.hour]
    if share > doubt { return min(share / doubt, 16) }
    return share * doubt < 1 ? max(share * doubt, 1 / 16) : 1
  }

  /// Learns a residual's size.
  /// - Parameter spacing: seconds between events, 0 while unknown.
  mutating func learn(_ size: Float, _ slots: ClockSlots, spacing: Double, event: Observation) {
    let share = share(slots)
    let relative = size / share
    let bounded = event.isSettled ? min(relative, 4 * level) : relative
    level += event.rate(atLeast: Constants.hourLevelRate) * (bounded - level)
    guard event.isSettled, level > 0 else { return }
    let hour = slots.hour
    let eventsPerVisit = spacing > 0 ? max(1, Float(3600 / spacing)) : 1
    let rate = Constants.hourRate / eventsPerVisit
    // A mean that forgets at a rate is worth 2/rate events.
    let count = min(Float(events[hour]) + 1, 2 / rate, Float(UInt16.max))
    events[hour] = UInt16(count)
    let seen = min(size / level, 4 * max(share, 0.25))
    shares[hour] += max(1 / count, rate) * (seen - shares[hour])
  }
}
