/// Which values one evidence channel has visited, and how often lately: a sorted memory of at most
/// 64 places.
///
/// The novelty of x is −ln of the decayed number of visits near it, where near is 2 % of the
/// distance to the mean plus the spread. Places that are revisited are strengthened and follow
/// (Hebb), the less the more novel they are, so that one anomaly does not make the next one normal;
/// unknown values grow a place, the two nearest places merge.
struct NoveltyMemory: ~Copyable {
  private var places: InlineArray<64, Float>
  /// The upper halves of Floats (bfloat16): a place with a hundred visits is as known as any.
  private var strengths: InlineArray<64, UInt16>
  private var mean: Double
  private var meanSquare: Double
  private var count: Int

  /// What a memory says of a value, before it learns it.
  struct Finding {
    /// −ln of the decayed visits nearby; at least 0.
    var novelty = 0.0
    /// ln(1 + the distance from the mean in spreads).
    var magnitude = 0.0
  }

  private struct Nearest {
    var place = 0
    var distance = Double.infinity
    var visits = 0.0
  }

  /// Judges a value and learns it.
  /// - Parameters:
  ///   - origin: the anchor that the value is relative to, 0 for differences.
  ///   - visit: the strength of one visit now; it grows instead of all others shrinking.
  ///   - rate: of the mean and the spread.
  mutating func observe(_ x: Double, origin: Double, visit: Double, rate: Double) -> Finding {
    // The specification starts every mean at the unit's own zero, not at the anchor.
    if count == 0 { mean = -origin }
    let spread = meanSquare.squareRoot() + 1e-12 + 1e-6 * abs(mean + origin)
    let position = lowerBound(x)
    let nearest = nearest(x, around: position, spread: spread)
    let novelty = max(0, -Functions.log(nearest.visits / visit + 1e-9))
    let magnitude = Functions.log(1 + abs(x - mean) / spread)
    let learned = visit / (1 + Constants.noveltyDistrust * novelty)
    if nearest.distance < 1 {
      strengthen(nearest.place, x, visit: learned)
    } else {
      insert(x, at: position, visit: learned, spread: spread)
    }
    let delta = x - mean
    meanSquare += rate * (delta * delta - meanSquare)
    mean += rate * delta
    return Finding(novelty: novelty, magnitude: magnitude)
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

  private mutating func strength(_ place: Int) -> Double {
    Double(Float(bitPattern: UInt32(strengths[place]) << 16))
  }

  private mutating func setStrength(_ place: Int, _ strength: Double) {
    let bits = Float(strength).bitPattern
    // To the nearest, ties to even.
    strengths[place] = UInt16(truncatingIfNeeded: (bits + 0x7FFF + ((bits >> 16) & 1)) >> 16)
  }

  private mutating func lowerBound(_ x: Double) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if Double(places[middle]) < x { low = middle + 1 } else { high = middle }
    }
    return low
  }

  private mutating func nearest(_ x: Double, around position: Int, spread: Double) -> Nearest {
    var found = Nearest()
    for k in max(position - 2, 0)..<max(min(position + 2, count), max(position - 2, 0)) {
      let place = Double(places[k])
      let width = spread * spread + (place - mean) * (place - mean)
      let squared = Constants.noveltyWidth * Constants.noveltyWidth * width
      let u = (x - place) * (x - place) / squared
      found.visits += strength(k) / (1 + u * u)
      if u < found.distance {
        found.distance = u
        found.place = k
      }
    }
    return found
  }

  private mutating func strengthen(_ place: Int, _ x: Double, visit: Double) {
    let strength = strength(place) + visit
    setStrength(place, strength)
    let old = Double(places[place])
    places[place] = Float(old + max(visit / strength, 0.02) * (x - old))
  }

  private mutating func insert(_ x: Double, at position: Int, visit: Double, spread: Double) {
    var position = position
    if count == Constants.noveltyPlaces {
      mergeNearestPair(spread: spread)
      position = 0
      while position < count, Double(places[position]) < x { position += 1 }
    }
    var k = count
    while k > position {
      places[k] = places[k - 1]
      strengths[k] = strengths[k - 1]
      k -= 1
    }
    places[position] = Float(x)
    setStrength(position, visit)
    count += 1
  }

  private mutating func mergeNearestPair(spread: Double) {
    var least = Double.infinity
    var pair = 0
    for k in 0..<(count - 1) {
      let left = Double(places[k])
      let right = Double(places[k + 1])
      let middle = (left + right) / 2 - mean
      let distance = (right - left) * (right - left) / (spread * spread + middle * middle)
      if distance < least {
        least = distance
        pair = k
      }
    }
    let left = strength(pair)
    let right = strength(pair + 1)
    let sum = Double(places[pair]) * left + Double(places[pair + 1]) * right
    places[pair] = Float(sum / (left + right))
    setStrength(pair, left + right)
    for k in (pair + 1)..<(count - 1) {
      places[k] = places[k + 1]
      strengths[k] = strengths[k + 1]
    }
    count -= 1
  }
}
