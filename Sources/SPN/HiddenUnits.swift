/// Eight fixed random tanh units over the steps and levels: the network's cheap non-linearity.
///
/// A_kj ~ N(0,1) · 0.3 · 0.8^j for the six steps, · 0.21 for the four levels, bias ~ N(0,1), drawn once; all streams share them.
/// Each row below holds the weights of one input in all eight units.
enum HiddenUnits {
  /// The units' outputs for the ten first inputs.
  @inline(__always)
  static func activations(of inputs: Lanes) -> SIMD8<Float> {
    var sum = bias
    sum.addProduct(step0, clip(inputs[0], 5))
    sum.addProduct(step1, clip(inputs[1], 5))
    sum.addProduct(step2, clip(inputs[2], 5))
    sum.addProduct(step3, clip(inputs[3], 5))
    sum.addProduct(step4, clip(inputs[4], 5))
    sum.addProduct(step5, clip(inputs[5], 5))
    sum.addProduct(level0, clip(inputs[6], 5))
    sum.addProduct(level1, clip(inputs[7], 5))
    sum.addProduct(level2, clip(inputs[8], 5))
    sum.addProduct(level3, clip(inputs[9], 5))
    return Functions.tanh(sum)
  }

  private static var step0: SIMD8<Float> {
    SIMD8(
      0.5292157, 0.43628205, 0.25933086, -0.59423894,
      -0.15289565, 0.12849956, -0.4890595, -0.1736549)
  }

  private static var step1: SIMD8<Float> {
    SIMD8(
      0.09603773, 0.18264905, -0.1781196, -0.083498916,
      -0.10513783, 0.015964133, 0.11106774, -0.074772608)
  }

  private static var step2: SIMD8<Float> {
    SIMD8(
      0.18791769, 0.023361603, 0.43579289, 0.030019002,
      -0.24053671, 0.058074604, -0.17420129, 0.010783746)
  }

  private static var step3: SIMD8<Float> {
    SIMD8(
      0.3442012, 0.068177393, -0.22339057, 0.18897265,
      0.11942252, -0.097431874, 0.0079788128, -0.17896702)
  }

  private static var step4: SIMD8<Float> {
    SIMD8(
      0.22948553, 0.041001901, 0.0056228066, 0.14774844,
      -0.19831577, -0.044573634, 0.089590648, 0.11069356)
  }

  private static var step5: SIMD8<Float> {
    SIMD8(
      -0.096070325, 0.14687395, -0.018400921, -0.038075775,
      -0.020913221, -0.066105552, 0.012679536, 0.04577648)
  }

  private static var level0: SIMD8<Float> {
    SIMD8(
      0.19951857, -0.043083235, 0.32188364, -0.063483578,
      -0.18804798, -0.075506164, 0.23927414, -0.32261117)
  }

  private static var level1: SIMD8<Float> {
    SIMD8(
      -0.031785014, 0.065744217, 0.30856534, -0.22019612,
      0.081249525, -0.17076072, -0.25931342, 0.31253296)
  }

  private static var level2: SIMD8<Float> {
    SIMD8(
      -0.021675959, -0.17936011, 0.032538959, -0.29820377,
      -0.10726908, -0.36251935, 0.084491745, 0.39813673)
  }

  private static var level3: SIMD8<Float> {
    SIMD8(
      0.086225685, -0.53612786, 0.079414129, -0.35831674,
      -0.24793276, 0.03725949, -0.14381012, 0.24754371)
  }

  private static var bias: SIMD8<Float> {
    SIMD8(
      0.14404357, 0.6536186, -0.88778575, 1.9507754,
      -0.028182228, -0.40178094, -0.87079715, -0.17992484)
  }
}
