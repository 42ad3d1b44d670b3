/// The inverse covariance R of the inputs, shared by both neurons: it turns a gradient into a
/// Newton direction.
///
/// R ← (R − r/((1−r) + r fᵀRf) · Rf fᵀR) / (1−r), the recursive least squares update
/// (Sherman–Morrison), with a forgetting rate r that is never below 0.002, a cap on the diagonal,
/// and a cyclic ridge: every fourth event one more observation of a unit vector. Only
/// the inputs that are in use are worked on; the matrix stays symmetric to the bit.
struct InverseCovariance: ~Copyable {
  /// Only the first `count` are there (`Layout`).
  private var rows: InlineArray<32, Lanes>

  private static let diagonalMin: Float = 1e-9

  /// Bytes of a row.
  static let rowByteCount = MemoryLayout<Lanes>.size

  /// Starts as the identity.
  mutating func begin(count: Int) {
    for i in 0..<count { rows[i][i] = 1 }
  }

  /// R f of the first `count` inputs, as a combination of columns.
  mutating func direction(_ inputs: Lanes, count: Int) -> Lanes {
    // Two sums, so that an addition need not wait for the one before; unused rows are zero.
    var even = Lanes()
    var odd = Lanes()
    inputs.withNumbers { numbers in
      for i in 0..<(count / 2) {
        even.addProduct(rows[2 * i], numbers[2 * i])
        odd.addProduct(rows[2 * i + 1], numbers[2 * i + 1])
      }
    }
    return even + odd
  }

  /// Learns one observation of the inputs.
  /// - Parameters:
  ///   - direction: R f.
  ///   - leverage: fᵀ R f.
  ///   - rate: the forgetting rate r.
  ///   - count: the inputs in use.
  mutating func learn(direction: Lanes, leverage: Float, rate: Float, count: Int) {
    let keep = 1 - rate
    let growth = 1 / keep
    // The product of two components is the same in both orders, which keeps R symmetric.
    let root = direction * (rate / (keep + rate * leverage) * growth).squareRoot()
    root.withNumbers { numbers in
      for i in 0..<count {
        var row = rows[i] * growth
        row.addProduct(root, -numbers[i])
        rows[i] = row
      }
    }
  }

  /// One more observation of the unit vector of an input, weighted `weight`, and the bounds, which
  /// a few observations cannot leave far behind.
  mutating func addRidge(_ input: Int, weight: Float, count: Int) {
    let root = rows[input] * (weight / (1 + weight * diagonal(input))).squareRoot()
    root.withNumbers { numbers in
      for i in 0..<count { rows[i].addProduct(root, -numbers[i]) }
    }
    if !isBounded(count) {
      for i in 0..<count { bound(i, count: count) }
    }
  }

  /// Makes a synapse fresh: no memory of others, high plasticity.
  mutating func reset(_ input: Int, to value: Float, count: Int) {
    rows[input] = Lanes()
    for i in 0..<count { rows[i][input] = 0 }
    rows[input][input] = value
  }

  /// One of the diagonal's elements.
  @inline(__always)
  private mutating func diagonal(_ input: Int) -> Float {
    precondition(input >= 0 && input < 32)
    // A row and one number on from the one before. In place: a copy would read rows that are not
    // there.
    return unsafe withUnsafeMutableBytes(of: &rows) {
      unsafe $0.load(fromByteOffset: input &* (Self.rowByteCount &+ 4), as: Float.self)
    }
  }

  private mutating func isBounded(_ count: Int) -> Bool {
    var outside: Int32 = 0
    for i in 0..<count {
      let diagonal = diagonal(i)
      outside |= diagonal > Self.diagonalMin && diagonal <= Constants.covarianceMax ? 0 : 1
    }
    return outside == 0
  }

  private mutating func bound(_ input: Int, count: Int) {
    let diagonal = diagonal(input)
    if !(diagonal > Self.diagonalMin && diagonal < 1e12) {
      reset(input, to: 1, count: count)
    } else if diagonal > Constants.covarianceMax {
      let factor = (Constants.covarianceMax / diagonal).squareRoot()
      rows[input] = rows[input] * factor
      for i in 0..<count { rows[i][input] *= factor }
    }
  }
}
