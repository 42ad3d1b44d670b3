/// Finds a jump of a stream's level: a mean of 16 events that leaves one of 300 by far more than it
/// usually does.
///
/// What is usual is learned from the stream, so that a random walk, whose short mean always strays,
/// stays silent; and every alarm teaches that such a distance is less unusual than it was thought.
struct LevelDetector {
  /// The mean of the last events, relative to the anchor.
  private(set) var short: Float
  /// The mean to compare it with.
  private(set) var long: Float
  /// The usual distance between the two.
  private var spread: Float
  /// Events from which it was learned.
  private var learned: Float
  /// Events since the long mean began.
  private var age: Float
  /// Events since the distance became notable.
  private(set) var excursion: Float

  /// Notes a value; gives the distance in units of an alarm's: more than 1 is a drift.
  /// - Parameter bound: the most that one value may count, from the short mean.
  mutating func observe(_ event: Observation, bound: Float) -> Float {
    age += 1
    let delta = event.accepted - short
    let rate = event.rate(atLeast: Constants.shortLevelRate)
    short += rate * (event.isSettled ? clip(delta, bound) : delta)
    long += max(1 / (age + 1), Constants.longLevelRate) * (short - long)
    let unit = Constants.levelAlarm * (spread + 0.01 * event.scale)
    let distance = ratio(abs(short - long), unit)
    excursion = distance > 1 / 3 ? excursion + 1 : 0
    return age > 150 ? distance : 0
  }

  /// Learns the usual distance, once the event was judged.
  mutating func learn() {
    guard age > 16 else { return }
    learned += 1
    let distance = abs(short - long)
    let bounded = learned > 24 ? min(distance, 3 * spread) : distance
    spread += max(1 / learned, 0.5 * Constants.longLevelRate) * (bounded - spread)
  }

  /// Starts the long mean anew after a drift.
  mutating func settle(after cause: DriftCause) {
    if cause == .level { spread *= Constants.levelLesson }
    long = short
    age = spread > 0 ? 90 : 17
    excursion = 0
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Float) {
    short -= delta
    long -= delta
  }
}
