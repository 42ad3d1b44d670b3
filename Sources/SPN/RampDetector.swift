/// Finds a slow ramp of a stream's level, which a predictor follows without surprise: a mean of 64
/// events that leaves one of 2,000 by more than it usually does and by more than its own noise.
///
/// The usual distance tells a ramp from a random walk, and is not learned from the start of a mean,
/// where it is too small, nor from more than twice its size. The noise, the mean's change in 64
/// events, follows where the dynamics have become louder. While the usual distance is known from
/// few events, more is asked for.
struct RampDetector {
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
  /// The short mean's usual change in 64 events, how often it was measured, the mean at the last
  /// time, and the events since.
  private var noise: Float
  private var noiseCount: Float
  private var mark: Float
  private var sinceMark: Float
  /// Events since the distance became notable.
  private(set) var excursion: Float

  private static var rates: (short: Float, long: Float) { Constants.rampRates }
  private static let learnAge: Float = 200
  private static let learnedMin: Float = 300

  /// Notes a value; gives the distance in units of an alarm's: more than 1 is a drift.
  /// - Parameter bound: the most that one value may count, from the short mean.
  mutating func observe(_ event: Observation, bound: Float) -> Float {
    age += 1
    let delta = event.accepted - short
    short += event.rate(atLeast: Self.rates.short) * (event.isSettled ? clip(delta, bound) : delta)
    long += max(1 / (age + 1), Self.rates.long) * (short - long)
    learnNoise()
    let doubt = 1 + Constants.rampDoubt / max(learned, 1)
    let usual = Constants.rampAlarm * doubt * (spread + 0.01 * event.scale)
    let distance = ratio(abs(short - long), max(usual, Constants.rampNoise * noise))
    excursion = distance > 1 / 3 ? excursion + 1 : 0
    return age > Self.learnedMin && learned > Self.learnedMin ? distance : 0
  }

  /// Learns the usual distance, once the event was judged.
  mutating func learn() {
    guard age > Self.learnAge else { return }
    learned += 1
    let distance = abs(short - long)
    let bounded = learned > Self.learnedMin ? min(distance, 2 * spread) : distance
    spread += max(1 / learned, 0.5 * Self.rates.long) * (bounded - spread)
  }

  /// Starts both means at a level after a drift.
  /// - Parameter growth: of the residuals, by the drift.
  mutating func settle(at level: Float, growth: Float, after cause: DriftCause) {
    spread *= max(1, growth)
    noise *= max(1, growth)
    if cause == .stale { learned = 0 }
    short = level
    long = level
    mark = level
    age = 0
    excursion = 0
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Float) {
    short -= delta
    long -= delta
    mark -= delta
  }

  private mutating func learnNoise() {
    sinceMark += 1
    guard sinceMark * Self.rates.short >= 1 else { return }
    sinceMark = 0
    noiseCount += 1
    let change = abs(short - mark)
    let bounded = noiseCount > 4 ? min(change, 3 * noise) : change
    noise += max(1 / noiseCount, 1 / 16) * (bounded - noise)
    mark = short
  }
}
