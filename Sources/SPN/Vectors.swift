extension SIMD4<Float> {
  /// Every number brought into −limit…limit, each with its own.
  @inline(__always)
  func clipped(_ limits: SIMD4<Float>) -> Self { clipped(-limits, limits) }

  /// Every number brought into lower…upper; the standard library's `clamp` goes lane by lane.
  @inline(__always)
  func clipped(_ lower: SIMD4<Float>, _ upper: SIMD4<Float>) -> Self {
    let below = replacing(with: upper, where: self .> upper)
    return below.replacing(with: lower, where: below .< lower)
  }
}

extension Span<Float> {
  /// Eight numbers that lie side by side. The caller keeps `first` within 0…count − 8.
  @inline(__always)
  func eight(from first: Int) -> SIMD8<Float> {
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: first &* 4, as: SIMD8<Float>.self)
  }

  /// Four numbers that lie side by side. The caller keeps `first` within 0…count − 4.
  @inline(__always)
  func four(from first: Int) -> SIMD4<Float> {
    unsafe bytes.unsafeLoadUnaligned(fromUncheckedByteOffset: first &* 4, as: SIMD4<Float>.self)
  }
}

extension SIMD8<Float> {
  /// The sum, added in a fixed order.
  @inline(__always)
  var total: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }

  /// The largest number; the standard library's `max` goes lane by lane.
  @inline(__always)
  var largest: Float {
    let four = lowHalf.replacing(with: highHalf, where: highHalf .> lowHalf)
    let two = four.lowHalf.replacing(with: four.highHalf, where: four.highHalf .> four.lowHalf)
    return two.y > two.x ? two.y : two.x
  }
}

/// 32 numbers that are worked on together: the inputs of a neuron, or the experts of the attention.
///
/// Four registers of eight, because the standard library's `SIMD32` is compiled lane by lane.
package struct Lanes {
  private var a: SIMD8<Float>
  private var b: SIMD8<Float>
  private var c: SIMD8<Float>
  private var d: SIMD8<Float>

  @inline(__always)
  private init(_ a: SIMD8<Float>, _ b: SIMD8<Float>, _ c: SIMD8<Float>, _ d: SIMD8<Float>) {
    self.a = a
    self.b = b
    self.c = c
    self.d = d
  }

  /// The same number everywhere.
  @inline(__always)
  package init(repeating value: Float = 0) {
    let eight = SIMD8(repeating: value)
    self.init(eight, eight, eight, eight)
  }

  /// The same number everywhere but in some lanes.
  init(repeating value: Float, except lanes: Range<Int>, _ other: Float) {
    self.init(repeating: value)
    for lane in lanes { self[lane] = other }
  }

  /// One of the numbers, 0…31.
  package subscript(lane: Int) -> Float {
    @inline(__always) get {
      precondition(lane >= 0 && lane < 32)
      // The type is exactly 32 contiguous floats.
      return unsafe withUnsafeBytes(of: self) {
        unsafe $0.load(fromByteOffset: lane &* 4, as: Float.self)
      }
    }
    @inline(__always) set {
      precondition(lane >= 0 && lane < 32)
      unsafe withUnsafeMutableBytes(of: &self) {
        unsafe $0.storeBytes(of: newValue, toByteOffset: lane &* 4, as: Float.self)
      }
    }
  }

  /// Copies the first of the numbers, as many as there is room for.
  @inline(__always)
  func copy<let count: Int>(into numbers: inout InlineArray<count, Float>) {
    precondition(count <= 32)
    // Both are contiguous floats, and the numbers are the shorter.
    unsafe withUnsafeBytes(of: self) { source in
      unsafe withUnsafeMutableBytes(of: &numbers) {
        unsafe $0.copyMemory(from: UnsafeRawBufferPointer(rebasing: source[..<(count * 4)]))
      }
    }
  }

  /// Lends the same numbers in memory, for loops that go lane by lane: a register's lane is read
  /// through memory, which the registers are written to each time anew.
  @inline(__always)
  func withNumbers(_ body: (Span<Float>) -> Void) {
    var numbers = InlineArray<32, Float>(repeating: 0)
    copy(into: &numbers)
    body(numbers.span)
  }

  /// The sum, added in a fixed order.
  @inline(__always)
  var total: Float { ((a + b) + (c + d)).total }

  /// Every number without its sign.
  @inline(__always)
  var magnitudes: Self { mapEights { $0.replacing(with: -$0, where: $0 .< 0) } }

  /// Every number brought into −limit…limit.
  @inline(__always)
  func clipped(_ limit: Float) -> Self {
    mapEights {
      let above = $0.replacing(with: limit, where: $0 .> limit)
      return above.replacing(with: -limit, where: above .< -limit)
    }
  }

  /// Every number brought to at least zero.
  @inline(__always)
  var positiveParts: Self { mapEights { $0.replacing(with: 0, where: $0 .< 0) } }

  /// These numbers where `choice` is positive, the others elsewhere.
  @inline(__always)
  func chosen(where choice: Lanes, else other: Lanes) -> Self {
    Self(
      other.a.replacing(with: a, where: choice.a .> 0),
      other.b.replacing(with: b, where: choice.b .> 0),
      other.c.replacing(with: c, where: choice.c .> 0),
      other.d.replacing(with: d, where: choice.d .> 0))
  }

  /// Adds a multiple of other numbers, rounded once.
  @inline(__always)
  mutating func addProduct(_ other: Lanes, _ factor: Float) {
    let eight = SIMD8(repeating: factor)
    a.addProduct(other.a, eight)
    b.addProduct(other.b, eight)
    c.addProduct(other.c, eight)
    d.addProduct(other.d, eight)
  }

  /// Applies a function of eight numbers to all of them.
  @inline(__always)
  func mapEights(_ transform: (SIMD8<Float>) -> SIMD8<Float>) -> Self {
    Self(transform(a), transform(b), transform(c), transform(d))
  }

  /// Adds number by number.
  @inline(__always)
  static func + (x: Self, y: Self) -> Self { Self(x.a + y.a, x.b + y.b, x.c + y.c, x.d + y.d) }

  /// Subtracts number by number.
  @inline(__always)
  static func - (x: Self, y: Self) -> Self { Self(x.a - y.a, x.b - y.b, x.c - y.c, x.d - y.d) }

  /// Multiplies number by number.
  @inline(__always)
  static func * (x: Self, y: Self) -> Self { Self(x.a * y.a, x.b * y.b, x.c * y.c, x.d * y.d) }

  /// Adds one number to all.
  @inline(__always)
  static func + (x: Self, y: Float) -> Self { x + Self(repeating: y) }

  /// Subtracts one number from all.
  @inline(__always)
  static func - (x: Self, y: Float) -> Self { x - Self(repeating: y) }

  /// Multiplies all by one number.
  @inline(__always)
  static func * (x: Self, y: Float) -> Self { x * Self(repeating: y) }
}

/// A number brought into −limit…limit.
@inline(__always)
func clip(_ value: Float, _ limit: Float) -> Float {
  value > limit ? limit : (value < -limit ? -limit : value)
}

/// A number brought into a range.
@inline(__always)
func clamp(_ value: Float, _ lower: Float, _ upper: Float) -> Float {
  value > upper ? upper : (value < lower ? lower : value)
}

/// A difference in units of a scale, bounded so that no scale can make it infinite.
@inline(__always)
func ratio(_ difference: Float, _ scale: Float) -> Float {
  clip(difference / scale, Constants.ratioMax)
}
