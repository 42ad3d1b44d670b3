/// 32 numbers that are worked on together: the inputs of a neuron, or the experts of the attention.
typealias Lanes = SIMD32<Float>

extension SIMD8<Float> {
  /// The sum, added in a fixed order.
  var total: Float {
    let four = lowHalf + highHalf
    let two = four.lowHalf + four.highHalf
    return two.x + two.y
  }
}

extension SIMD32<Float> {
  /// The sum, added in a fixed order.
  var total: Float {
    let sixteen = lowHalf + highHalf
    return (sixteen.lowHalf + sixteen.highHalf).total
  }

  /// Every lane without its sign.
  var magnitudes: Self { replacing(with: -self, where: self .< 0) }

  /// Every lane brought into −limit…limit.
  func clipped(_ limit: Float) -> Self {
    let above = replacing(with: limit, where: self .> limit)
    return above.replacing(with: -limit, where: self .< -limit)
  }

  /// Applies a function of eight lanes to all of them.
  func mapEights(_ transform: (SIMD8<Float>) -> SIMD8<Float>) -> Self {
    Self(
      lowHalf: SIMD16(lowHalf: transform(lowHalf.lowHalf), highHalf: transform(lowHalf.highHalf)),
      highHalf: SIMD16(lowHalf: transform(highHalf.lowHalf), highHalf: transform(highHalf.highHalf))
    )
  }
}

/// 32 numbers at rest in a stream's block: aligned to 64 bytes, readable one by one or all at once.
struct StoredLanes {
  private var low: SIMD16<Float>
  private var high: SIMD16<Float>

  init(_ lanes: Lanes = .zero) {
    low = lanes.lowHalf
    high = lanes.highHalf
  }

  /// All 32 numbers.
  var lanes: Lanes {
    @inline(__always) get { Lanes(lowHalf: low, highHalf: high) }
    @inline(__always) set {
      low = newValue.lowHalf
      high = newValue.highHalf
    }
  }

  /// One of the numbers, 0…31.
  subscript(lane: Int) -> Float {
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
