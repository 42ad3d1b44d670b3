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
    var visits = 0.0
    /// The distance from the mean, in spreads.
    var distance = 0.0
    fileprivate var spread = 1.0
    /// Where the value belongs among the places.
    fileprivate var position = 0
    /// The nearest place, if the value belongs to it.
    fileprivate var nearest: Int?
  }

  /// Judges a value.
  /// - Parameters:
  ///   - origin: the anchor that the value is relative to, 0 for differences.
  ///   - visit: the strength of one visit now; it grows instead of all others shrinking.
  mutating func judge(_ x: Double, origin: Double, visit: Double) -> Finding {
    if count == 0 { begin(origin: origin) }
    var finding = Finding()
    finding.spread = meanSquare.squareRoot() + 1e-12 + 1e-6 * abs(mean + origin)
    finding.distance = abs(x - mean) / finding.spread
    finding.position = position(of: Float(x))
    look(for: x, in: &finding)
    finding.visits /= visit
    return finding
  }

  /// Learns a value that was judged.
  /// - Parameters:
  ///   - visit: how much the visit counts.
  ///   - rate: of the mean and the spread.
  mutating func learn(_ x: Double, _ finding: Finding, visit: Double, rate: Double) {
    if let place = finding.nearest {
      strengthen(place, x, visit: visit)
    } else {
      insert(Float(x), at: finding.position, visit: visit, spread: finding.spread)
    }
    let delta = x - mean
    meanSquare += rate * (delta * delta - meanSquare)
    mean += rate * delta
  }

  /// Divides all strengths, before they leave the range of Float.
  mutating func rescale(by visit: Double) {
    for k in 0..<count { setStrength(k, strength(k) / visit) }
  }

  /// Moves the origin by `delta`.
  mutating func shift(by delta: Double) {
    mean -= delta
    for k in 0..<count { places[k] = Float(Double(places[k]) - delta) }
  }

  /// The specification starts every mean at the unit's own zero, not at the anchor.
  private mutating func begin(origin: Double) {
    mean = -origin
    places = InlineArray(repeating: .infinity)
  }

  private mutating func strength(_ place: Int) -> Double {
    Double(Float(bitPattern: UInt32(strengths[place]) << 16))
  }

  private mutating func setStrength(_ place: Int, _ strength: Double) {
    let bits = Float(strength).bitPattern
    // To the nearest, ties to even.
    strengths[place] = UInt16(truncatingIfNeeded: (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
  }

  /// The number of places below a value: all are compared, which is faster than to search.
  private mutating func position(of x: Float) -> Int {
    let places = places.span
    var below: Int32 = 0
    for k in 0..<Constants.noveltyPlaces { below &+= unsafe places[unchecked: k] < x ? 1 : 0 }
    return Int(below)
  }

  /// Sums the visits of the four places around a value, and finds the nearest.
  private mutating func look(for x: Double, in finding: inout Finding) {
    let first = min(max(finding.position - 2, 0), Constants.noveltyPlaces - 4)
    let end = min(finding.position + 2, count)
    var near = SIMD4<Double>()
    var visits = SIMD4<Double>()
    for lane in 0..<4 {
      near[lane] = Double(places[first + lane])
      let isNear = first + lane >= finding.position - 2 && first + lane < end
      visits[lane] = isNear ? strength(first + lane) : 0
    }
    let offset = near - mean
    let width = finding.spread * finding.spread + offset * offset
    let factor = 1 / (Constants.noveltyWidth * Constants.noveltyWidth)
    let distances = (x - near) * (x - near) / width * factor
    let counted = visits / (1 + distances * distances)
    var least = 1.0
    for lane in 0..<4 where visits[lane] > 0 {
      finding.visits += counted[lane]
      guard distances[lane] < least else { continue }
      least = distances[lane]
      finding.nearest = first + lane
    }
  }

  private mutating func strengthen(_ place: Int, _ x: Double, visit: Double) {
    let strength = strength(place) + visit
    setStrength(place, strength)
    let old = Double(places[place])
    places[place] = Float(old + max(visit / strength, 0.02) * (x - old))
  }

  private mutating func insert(_ x: Float, at position: Int, visit: Double, spread: Double) {
    var position = position
    var free = count
    if count == Constants.noveltyPlaces {
      let pair = nearestPair(spread: spread)
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
  private mutating func nearestPair(spread: Double) -> Int {
    let scale = Float(min(1 / spread, 1e30))
    let center = Float(mean)
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
    let sum = Double(places[place]) * left + Double(places[place + 1]) * right
    places[place] = Float(sum / (left + right))
    setStrength(place, left + right)
  }
}
