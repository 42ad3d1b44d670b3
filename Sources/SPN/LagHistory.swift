/// The last 512 accepted values: the episodic part of the contextual memory ("one period ago").
///
/// Values are relative to the channel's anchor. Reading is `mutating` here and in other large
/// components, because a large value that is merely borrowed is copied before one element of it is
/// read. Before the first event all of it reads as the first value, which is zero.
struct LagHistory: ~Copyable {
  private(set) var values: InlineArray<512, Float>
  private var newest: Int

  /// The value that was accepted `events` before the newest, 0…511.
  @inline(__always)
  mutating func value(ago events: Int) -> Float {
    values[(newest &- events) & (Constants.historyCount &- 1)]
  }

  /// How many events ago, from `first` on, the stream last went as in its newest two values, to a
  /// tolerance; `end` where it never did.
  mutating func firstMatch(_ tolerance: Float, from first: Int, below end: Int) -> Int {
    let newest = value(ago: 0)
    let before = value(ago: 1)
    var events = first
    while events < end {
      let next = min(events + Self.runCount, end)
      if next - events < Self.runCount || hasMatch(newest, before, tolerance, from: events) {
        for ago in events..<next where abs(newest - value(ago: ago)) <= tolerance {
          if abs(before - value(ago: ago + 1)) <= tolerance { return ago }
        }
      }
      events = next
    }
    return end
  }

  /// Values that are compared together.
  private static let runCount = 32

  /// Whether a run of pairs may match; true where they do not lie side by side.
  private mutating func hasMatch(
    _ value: Float, _ before: Float, _ tolerance: Float, from events: Int
  ) -> Bool {
    let oldest = (newest &- events) & (Constants.historyCount &- 1) &- Self.runCount
    guard oldest >= 0 else { return true }
    let values = values.span
    var matches: Int32 = 0
    // Within 0…511: the newest of the run is.
    for i in oldest..<(oldest &+ Self.runCount) {
      let isBefore: Int32 = unsafe abs(before - values[unchecked: i]) <= tolerance ? 1 : 0
      let isNewest: Int32 = unsafe abs(value - values[unchecked: i &+ 1]) <= tolerance ? 1 : 0
      matches |= isBefore & isNewest
    }
    return matches > 0
  }

  /// Adds the newest value.
  mutating func push(_ value: Float) {
    newest = (newest &+ 1) & (Constants.historyCount &- 1)
    values[newest] = value
  }

  /// Corrects the newest value, after the event behind it confirmed it.
  mutating func replaceNewest(_ value: Float) { values[newest] = value }

  /// Takes back the newest `pushed` values, which replaced some of `before`.
  mutating func restore(_ before: InlineArray<512, Float>, pushed: Int) {
    values = before
    newest = (newest &- pushed) & (Constants.historyCount &- 1)
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Float) {
    for i in values.indices { values[i] -= delta }
  }

  /// The median of the newest five values.
  mutating func medianOfFive() -> Float {
    var five = InlineArray<5, Float> { value(ago: $0) }
    return median(of: &five)
  }

  /// The median size of the newest five steps.
  mutating func medianStepOfFive() -> Float {
    var five = InlineArray<5, Float> { abs(value(ago: $0) - value(ago: $0 + 1)) }
    return median(of: &five)
  }
}

/// The upper median of a handful of numbers.
func median<let count: Int>(of values: inout InlineArray<count, Float>) -> Float {
  sort(&values)
  return values[count / 2]
}

/// Sorts a handful of numbers by insertion.
func sort<let count: Int>(_ values: inout InlineArray<count, Float>) {
  for i in 1..<count {
    var j = i
    while j > 0, values[j] < values[j - 1] {
      values.swapAt(j, j - 1)
      j -= 1
    }
  }
}
