/// Which values one evidence channel has visited, and how often lately: a sorted memory of at most
/// 64 places.
///
/// The novelty of x is −ln of the decayed number of visits near it, where near is 2 % of the
/// distance to the mean plus the spread. Places that are revisited are strengthened and follow
/// (Hebb), the less the more novel they are, so that one anomaly does not make the next one normal;
/// unknown values grow a place, the two nearest places merge.
struct NoveltyMemory: ~Copyable {
  /// In ascending order; infinite beyond the last.
  private var places: InlineArray<64, Float>
  /// The upper halves of Floats (bfloat16): a place with a hundred visits is as known as any.
  private var strengths: InlineArray<64, UInt16>
  private var mean: Double
  private var meanSquare: Double
  private var count: Int

  /// What a memory says of a value, before it learns it.
  struct Finding {
    /// The decayed visits nearby.
    var visits: Float = 0
    /// The distance from the mean, in spreads.
    var distance: Float = 0
    /// 1 / the spread, and the mean.
    fileprivate var scale: Float = 1
    fileprivate var center: Float = 0
    /// Where the value belongs among the places.
    fileprivate var position = 0
    /// The nearest place, if the value belongs to it; else −1.
    fileprivate var nearest = -1
  }

  /// Judges a value.
  /// - Parameters:
  ///   - visit: the strength of one visit now; it grows instead of all others shrinking.
  mutating func judge(_ x: Double, visit: Double) -> Finding {
    if count == 0 { places = InlineArray(repeating: .infinity) }
    let spread = meanSquare.squareRoot() + 1e-12 + 1e-6 * abs(mean)
    var finding = Finding()
    finding.scale = Float(1 / spread)
    finding.center = Float(mean)
    finding.distance = min(Float(abs(x - mean) / spread), 1e30)
    finding.position = position(of: Float(x))
    look(for: Float(x), in: &finding)
    finding.visits /= Float(visit)
    return finding
  }

  /// Learns a value that was judged.
  /// - Parameters:
  ///   - visit: how much the visit counts.
  ///   - rate: of the mean and the spread.
  mutating func learn(_ x: Double, _ finding: Finding, visit: Double, rate: Double) {
    if finding.nearest >= 0 {
      strengthen(finding.nearest, Float(x), visit: Float(visit))
    } else {
      insert(Float(x), finding, visit: Float(visit))
    }
    let delta = x - mean
    meanSquare += rate * (delta * delta - meanSquare)
    mean += rate * delta
  }

  /// Divides all strengths, before they leave the range of Float.
  mutating func rescale(by visit: Double) {
    for k in 0..<count { setStrength(k, Float(Double(strength(k)) / visit)) }
  }

  private mutating func strength(_ place: Int) -> Float {
    Float(bitPattern: UInt32(strengths[place]) << 16)
  }

  private mutating func setStrength(_ place: Int, _ strength: Float) {
    let bits = strength.bitPattern
    // To the nearest, ties to even.
    strengths[place] = UInt16(truncatingIfNeeded: (bits &+ 0x7FFF &+ ((bits >> 16) & 1)) >> 16)
  }

  /// The number of places below a value: all are compared, which is faster than to search.
  private mutating func position(of x: Float) -> Int {
    let places = places.span
    var below = SIMD8<Int32>()
    for first in stride(from: 0, to: Constants.noveltyPlaces, by: 8) {
      below = below.replacing(with: below &+ 1, where: places.eight(from: first) .< x)
    }
    return Int(below.wrappedSum())
  }

  /// Sums the visits of the four places around a value, and finds the nearest.
  private mutating func look(for x: Float, in finding: inout Finding) {
    let start = max(finding.position - 2, 0)
    let end = min(finding.position + 2, count)
    let first = min(start, Constants.noveltyPlaces - 4)
    let near = places.span.four(from: first)
    let lanes = SIMD4<Int32>(0, 1, 2, 3) &+ Int32(truncatingIfNeeded: first)
    let isNear =
      (lanes .>= Int32(truncatingIfNeeded: start)) .& (lanes .< Int32(truncatingIfNeeded: end))
    let visits = SIMD4(
      strength(first), strength(first + 1), strength(first + 2), strength(first + 3))
    // Bounded, so that no square overflows.
    let bound = SIMD4<Float>(repeating: 1e15)
    let offset = ((near - finding.center) * finding.scale).clipped(bound)
    let distance = ((near - x) * finding.scale).clipped(bound)
    let width = Float(Constants.noveltyWidth * Constants.noveltyWidth) * (offset * offset + 1)
    let squared = distance * distance / width
    let counted = (visits / (squared * squared + 1)).replacing(with: 0, where: .!isNear)
    finding.visits = (counted[0] + counted[1]) + (counted[2] + counted[3])
    let reach = squared.replacing(with: .infinity, where: .!isNear)
    var least: Float = 1
    for lane in 0..<4 {
      finding.nearest = reach[lane] < least ? first + lane : finding.nearest
      least = min(reach[lane], least)
    }
  }

  private mutating func strengthen(_ place: Int, _ x: Float, visit: Float) {
    let strength = strength(place) + visit
    setStrength(place, strength)
    places[place] += max(visit / strength, 0.02) * (x - places[place])
  }

  private mutating func insert(_ x: Float, _ finding: Finding, visit: Float) {
    var position = finding.position
    var free = count
    if count == Constants.noveltyPlaces {
      let pair = nearestPair(finding)
      merge(pair)
      free = pair + 1
      // The merged place has moved, and the free one does not count.
      places[free] = .infinity
      position = self.position(of: x)
    } else {
      count += 1
    }
    while free > position {
      places[free] = places[free - 1]
      strengths[free] = strengths[free - 1]
      free -= 1
    }
    while free < position {
      places[free] = places[free + 1]
      strengths[free] = strengths[free + 1]
      free += 1
    }
    places[position] = x
    setStrength(position, visit)
  }

  /// The first of the two neighbours that are nearest, in units of the width of `look`.
  private mutating func nearestPair(_ finding: Finding) -> Int {
    let scale = finding.scale
    let center = finding.center
    let places = places.span
    var least = Int32.max
    for k in 0..<(Constants.noveltyPlaces - 1) {
      let left = unsafe places[unchecked: k]
      let right = unsafe places[unchecked: k &+ 1]
      let gap = min((right - left) * scale, 1e15)
      let middle = min(abs((left + right) * 0.5 - center) * scale, 1e15)
      let distance = gap * gap / (1 + middle * middle)
      // Sizes are ordered as their bits are; the lowest six make room for the place.
      let key = Int32(bitPattern: distance.bitPattern & ~63) | Int32(truncatingIfNeeded: k)
      least = min(least, key)
    }
    return Int(least & 63)
  }

  /// Merges a place and the one after it into the first.
  private mutating func merge(_ place: Int) {
    let left = strength(place)
    let right = strength(place + 1)
    let share = right / max(left + right, .leastNormalMagnitude)
    places[place] += share * (places[place + 1] - places[place])
    setStrength(place, left + right)
  }
}
