/// The elementary functions of the network, our own, so that every processor and library gives the same bytes.
///
/// Sources: S. Moshier's Cephes (`expf`, `logf`) for Float, Sun's fdlibm (`__ieee754_log`) for Double, and P. Acklam's rational
/// approximation for the normal quantile. The bounds stated are tested against higher precision.
package enum Functions {
  /// e^x of eight numbers, relative error below 2e-7; arguments are brought into −87…87.
  @inline(__always)
  package static func exp(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let bounded = x.replacing(with: 87, where: x .> 87).replacing(with: -87, where: x .< -87)
    // Adding 1.5 · 2^23 rounds to the nearest integer and leaves it in the low bits.
    let magic = SIMD8<Float>(repeating: 12_582_912)
    let shifted = magic.addingProduct(bounded, 1.442_695_04)
    let power = shifted - magic
    let rest = bounded.addingProduct(power, -0.693_359_375).addingProduct(power, 2.121_944_4e-4)
    var p = SIMD8<Float>(repeating: 1.987_569_15e-4)
    p = SIMD8(repeating: 1.398_199_95e-3).addingProduct(p, rest)
    p = SIMD8(repeating: 8.333_451_9e-3).addingProduct(p, rest)
    p = SIMD8(repeating: 4.166_579_6e-2).addingProduct(p, rest)
    p = SIMD8(repeating: 1.666_666_55e-1).addingProduct(p, rest)
    p = SIMD8(repeating: 5.000_000_1e-1).addingProduct(p, rest)
    p = (rest + 1).addingProduct(p, rest * rest)
    let exponent = bits(shifted) &<< 23
    return floats(bits(p) &+ exponent)
  }

  /// The natural logarithm of eight positive normal numbers, error below 2e-7 relative or absolute.
  @inline(__always)
  package static func log(_ x: SIMD8<Float>) -> SIMD8<Float> {
    // The mantissa is taken from √½…√2, so that results near zero keep their digits.
    let offset = bits(x) &- 0x3f35_04f3
    let exponentBits = SIMD8<Int32>(truncatingIfNeeded: offset) &>> 23
    let mantissaBits = bits(x) &- (SIMD8<UInt32>(truncatingIfNeeded: exponentBits) &<< 23)
    let magicBits = SIMD8<UInt32>(truncatingIfNeeded: exponentBits) &+ 0x4b40_0000
    let exponent = floats(magicBits) - 12_582_912
    let m = floats(mantissaBits) - 1
    let square = m * m
    var p = SIMD8<Float>(repeating: 7.037_683_6e-2)
    p = SIMD8(repeating: -1.151_461_03e-1).addingProduct(p, m)
    p = SIMD8(repeating: 1.167_699_87e-1).addingProduct(p, m)
    p = SIMD8(repeating: -1.242_014_08e-1).addingProduct(p, m)
    p = SIMD8(repeating: 1.424_932_28e-1).addingProduct(p, m)
    p = SIMD8(repeating: -1.666_805_77e-1).addingProduct(p, m)
    p = SIMD8(repeating: 2.000_071_48e-1).addingProduct(p, m)
    p = SIMD8(repeating: -2.499_999_4e-1).addingProduct(p, m)
    p = SIMD8(repeating: 3.333_333_1e-1).addingProduct(p, m)
    var result = p * m * square
    result = result.addingProduct(exponent, -2.121_944_4e-4)
    result = result.addingProduct(square, -0.5) + m
    return result.addingProduct(exponent, 0.693_359_375)
  }

  /// tanh of eight numbers, absolute error below 3e-7.
  @inline(__always)
  package static func tanh(_ x: SIMD8<Float>) -> SIMD8<Float> {
    let bounded = x.replacing(with: 10, where: x .> 10).replacing(with: -10, where: x .< -10)
    return 1 - 2 / (exp(bounded + bounded) + 1)
  }

  /// e^x, relative error below 2e-7; the argument is brought into −87…87.
  package static func exp(_ x: Float) -> Float { exp(SIMD8(repeating: x))[0] }

  /// The natural logarithm of a positive normal number, error below 1 unit in the last place.
  package static func log(_ x: Double) -> Double {
    let offset = Int64(bitPattern: x.bitPattern &- 0x3fe6_a09e_667f_3bcd) &>> 52
    let mantissa = Double(bitPattern: x.bitPattern &- UInt64(bitPattern: offset &<< 52))
    let exponent = Double(offset)
    let f = mantissa - 1
    let s = f / (2 + f)
    let z = s * s
    let w = z * z
    let even = w * (0.3999999999940941908 + w * (0.2222219843214978396 + w * 0.1531383769920937332))
    let odd =
      z
      * (0.6666666666666735130
        + w
        * (0.2857142874366239149 + w * (0.1818357216161805012 + w * 0.1479819860511658591)))
    let half = 0.5 * f * f
    let high = exponent * 6.93147180369123816490e-01
    let low = exponent * 1.90821492927058770002e-10
    return high - ((half - (s * (half + even + odd) + low)) - f)
  }

  /// The standard normal quantile of a probability in 0.001…0.999, relative error below 1.2e-9 (away from the median).
  package static func normalQuantile(_ probability: Double) -> Double {
    let p = min(max(probability, 0.001), 0.999)
    if p < 0.02425 { return -normalTail(p) }
    if p > 0.97575 { return normalTail(1 - p) }
    let q = p - 0.5
    let r = q * q
    let numerator =
      ((((-3.969683028665376e+01 * r + 2.209460984245205e+02) * r - 2.759285104469687e+02) * r
        + 1.383577518672690e+02) * r - 3.066479806614716e+01) * r + 2.506628277459239e+00
    let denominator =
      ((((-5.447609879822406e+01 * r + 1.615858368580409e+02) * r - 1.556989798598866e+02) * r
        + 6.680131188771972e+01) * r - 1.328068155288572e+01) * r + 1
    return numerator * q / denominator
  }

  private static func normalTail(_ p: Double) -> Double {
    let q = (-2 * log(p)).squareRoot()
    let numerator =
      ((((-7.784894002430293e-03 * q - 3.223964580411365e-01) * q - 2.400758277161838e+00) * q
        - 2.549732539343734e+00) * q + 4.374664141464968e+00) * q + 2.938163982698783e+00
    let denominator =
      (((7.784695709041462e-03 * q + 3.224671290700398e-01) * q + 2.445134137142996e+00) * q
        + 3.754408661907416e+00) * q + 1
    return -numerator / denominator
  }

  // Reinterpreting 32 bytes as 32 bytes: the sizes are equal and every pattern is valid.
  @inline(__always)
  private static func bits(_ x: SIMD8<Float>) -> SIMD8<UInt32> {
    unsafe unsafeBitCast(x, to: SIMD8<UInt32>.self)
  }

  @inline(__always)
  private static func floats(_ x: SIMD8<UInt32>) -> SIMD8<Float> {
    unsafe unsafeBitCast(x, to: SIMD8<Float>.self)
  }
}
