/// Recalls the last time that the stream went exactly so, and what came next: what repeats without
/// noise is predicted without error after its first period, whatever its shape.
///
/// Looks for the episode that the newest values, at least eight, repeat for longest to a thousandth
/// of the step scale (or to what Float resolves: on a plateau the step scale shrinks to nothing),
/// and follows it for as long as it fits (suffix matching, as in P. Laird and R. Saul, "Discrete
/// sequence prediction", 1994). An episode is believed alone once it has foretold a few changes.
struct EpisodicRecall: ~Copyable {
  private var distance: Int32
  /// Events that the episode fits; while there is none, how often one was looked for in vain.
  private var fits: Int32
  private var changes: Int32
  /// The largest distance of a remembered value from its anchor.
  private var reach: Float

  private static let windowCount = 8
  private static let tolerance: Float = 1e-3
  /// Eight units in the last place of the largest value: what the anchor's moves leave of it.
  private static let resolution: Float = 1 / 2_097_152
  private static let reachDecay: Float = 1 - 1 / 1024

  /// How many events ago the episode was, or nil while there is none.
  var lag: Int? { distance > 0 ? Int(distance) : nil }

  /// Whether the episode has fitted long enough, and through enough changes, to be believed alone.
  var isBelieved: Bool {
    distance > 0 && Int(fits) >= 2 * Self.windowCount
      && changes >= Constants.episodeChanges
  }

  /// Learns from the newest value, which is not in quarantine.
  mutating func learn(_ history: inout LagHistory, eventIndex: Int64, scale: Float) {
    reach = max(abs(history.value(ago: 0)), reach * Self.reachDecay)
    let tolerance = max(Self.tolerance * scale, Self.resolution * reach)
    let hasChanged = abs(history.value(ago: 0) - history.value(ago: 1)) > tolerance
    // A jump that was in quarantine comes into the history one event late.
    let hadChanged = abs(history.value(ago: 1) - history.value(ago: 2)) > tolerance
    if distance > 0 {
      guard differs(&history, at: 0, tolerance) || differs(&history, at: 1, tolerance) else {
        // Far beyond what is asked for, and below what would overflow.
        if fits < 1 << 20 { fits += 1 }
        if hadChanged, changes < 1 << 20 { changes += 1 }
        return
      }
      distance = 0
      fits = 0
    }
    guard hasChanged || hadChanged else { return }
    // Where nothing repeats, looking at some events is enough.
    guard fits < Constants.episodePatience || eventIndex % 8 == 0 else { return }
    fits = min(fits + 1, Constants.episodePatience)
    search(&history, eventIndex: eventIndex, tolerance: tolerance)
  }

  private func differs(
    _ history: inout LagHistory, at ago: Int, _ tolerance: Float
  ) -> Bool {
    abs(history.value(ago: ago) - history.value(ago: ago + Int(distance))) > tolerance
  }

  /// Finds the episode that the newest values repeat for longest, the nearest of equals.
  private mutating func search(
    _ history: inout LagHistory, eventIndex: Int64, tolerance: Float
  ) {
    let farthest = min(Int(min(eventIndex, 1 << 20)), Constants.historyCount - 2)
    var best = Self.windowCount - 1
    var lag = 1
    while true {
      lag = history.firstMatch(tolerance, from: lag + 1, below: farthest - best)
      guard lag < farthest - best else { return }
      let longest = min(Constants.episodeMax, farthest - lag)
      var count = 1
      var changed: Int32 = 0
      while count < longest {
        let value = history.value(ago: count)
        guard abs(value - history.value(ago: lag + count)) <= tolerance else { break }
        if abs(value - history.value(ago: count - 1)) > tolerance { changed += 1 }
        count += 1
      }
      guard count > best else { continue }
      best = count
      distance = Int32(lag)
      fits = Int32(count)
      changes = changed
    }
  }
}
