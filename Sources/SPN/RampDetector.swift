/// Finds a slow ramp of a stream's level, which a predictor follows without surprise: a mean of 64
/// events that leaves the mean of all since the last drift by many deviations of its own noise.
///
/// The noise is what a mean of 16 events lately differs by from one of 64, as a root mean square
/// and without what their slope explains, so that it follows the dynamics and no ramp raises it.
/// Where the next scale, 64 against 256 events, in the long run differs by more than such noise
/// explains, as in a random walk or a long season, the growth is extrapolated by another such step
/// to the distance judged here: what the stream does anyhow is no ramp. After an alarm the mean to
/// compare with starts anew only where the level has come to rest.
struct RampDetector {
  /// Means of 16 and 64 events, and of 256 of the latter, relative to the anchor.
  private var fast: Float
  private(set) var short: Float
  private var middle: Float
  /// The mean to compare with.
  private(set) var long: Float
  /// The short mean's deviation that the first scale implies, in the long run and lately, and that
  /// the second implies.
  private var noise: Float
  private var recentNoise: Float
  private var wander: Float
  /// Events from which these were learned.
  private var learned: Float
  /// Events since the last drift.
  private var settled: Float
  /// Events since the long mean began; 0 while the level has not come to rest since the last drift.
  private var age: Float
  /// Events since the distance became notable, and the distance in units of an alarm's.
  private(set) var excursion: Float
  private var distance: Float

  /// The short mean's deviation in the root mean square difference of the scales, for white noise.
  private static let scaleDeviations: (first: Float, second: Float) = (0.776, 1.122)
  private static let fastRate: Float = 1 / 16
  private static let shortRate: Float = 1 / 64
  private static let middleRate: Float = 1 / 256
  private static let learnAge: Float = 200
  private static let learnedMin: Float = 300

  /// Notes a value; gives the distance in units of an alarm's: more than 1 is a drift.
  /// - Parameter bound: the most that one value may count, from the short mean.
  mutating func observe(_ event: Observation, bound: Float) -> Float {
    let delta = event.accepted - short
    let value = event.isSettled ? short + clip(delta, bound) : event.accepted
    fast += event.rate(atLeast: Self.fastRate) * (value - fast)
    short += event.rate(atLeast: Self.shortRate) * (value - short)
    settled += 1
    let middleRate = max(1 / (settled + 1), Self.middleRate)
    middle += middleRate * (short - middle)
    let usual = recentNoise + 0.01 * event.scale
    let isAtRest = settled > Self.learnAge && abs(short - middle) < Constants.rampRest * usual
    if age > 0 || isAtRest { age += 1 }
    // Without an age it follows at once.
    long += max(1 / (age + 1), Constants.rampLongRate) * (short - long)
    let growth = max(1, ratio(wander, Constants.rampGrowth * noise))
    let doubt = 1 + Constants.rampDoubt / max(learned, 1)
    distance = ratio(abs(short - long), Constants.rampAlarm * doubt * usual * growth * growth)
    excursion = distance > 1 / 3 ? excursion + 1 : 0
    return age > Self.learnAge && learned > Self.learnedMin ? distance : 0
  }

  /// Learns the usual differences, once the event was judged.
  mutating func learn(_ event: Observation) {
    guard settled > Self.learnAge else { return }
    learned += 1
    let swing = short - middle
    let first = Self.scaleDeviations.first * abs(fast - short - swing * 0.1875)
    let second = Self.scaleDeviations.second * abs(swing)
    let rate = max(1 / learned, Constants.rampNoiseRate)
    // A ramp is no reason to expect ramps.
    let isCalm = age > 0 && distance < Constants.rampLesson || learned <= Self.learnedMin
    let slowly = isCalm ? rate : 0
    let usual = SIMD4(recentNoise, noise, wander, 0)
    let reach = learned > Self.learnedMin ? SIMD4<Float>(4, 4, 3, 0) : SIMD4(repeating: .infinity)
    let sizes = SIMD4(first, first, second, 0)
    let limits = reach * (usual + 0.01 * event.scale)
    let bounded = sizes.replacing(with: limits, where: limits .< sizes)
    let rates = SIMD4(max(1 / learned, Constants.rampRecentRate), slowly, slowly, 0)
    let followed = Self.follow(usual, bounded, rates)
    (recentNoise, noise, wander) = (followed[0], followed[1], followed[2])
  }

  /// Starts the means at a level after a drift.
  /// - Parameter growth: of the residuals, by the drift.
  mutating func settle(at level: Float, growth: Float, after cause: DriftCause) {
    if cause == .scaleUp {
      let factor = max(1, growth)
      noise *= factor
      recentNoise *= factor
      wander *= factor
    }
    if cause == .stale { learned = 0 }
    fast = level
    short = level
    middle = level
    long = level
    settled = 0
    age = 0
    excursion = 0
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Float) {
    fast -= delta
    short -= delta
    middle -= delta
    long -= delta
  }

  /// The running root mean square of sizes, in the larger one's units: squares would leave Float.
  private static func follow(
    _ usual: SIMD4<Float>, _ sizes: SIMD4<Float>, _ rates: SIMD4<Float>
  ) -> SIMD4<Float> {
    let floor = SIMD4(repeating: Constants.scaleMin)
    let larger = sizes.replacing(with: usual, where: usual .> sizes)
    let unit = larger.replacing(with: floor, where: larger .< floor)
    let (old, new) = (usual / unit, sizes / unit)
    let square = old * old + rates * (new * new - old * old)
    return unit * square.squareRoot()
  }
}
