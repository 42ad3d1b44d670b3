/// The plasticity of plasticity: the logarithm of the plastic neuron's rate, learned by a
/// hyper-gradient.
///
/// β ← β + 0.1 · e/σ · fᵀh/σ with the trace h ← 0.999 h + step · Rf · (e − fᵀh) of how the weights
/// would have moved with the rate (after R. Sutton's IDBD, 1992). β stays in −7…−2.5.
struct MetaPlasticity: ~Copyable {
  /// The trace h.
  var trace: Lanes
  /// β.
  private(set) var logRate: Float
  private var reserved: Float

  /// Starts at a rate of 0.01.
  mutating func begin() { logRate = Constants.plasticLogRate }

  /// Learns from an error and gives the rate to use.
  mutating func rate(error: Float, relativeError: Float, echo: Float, errorScale: Float) -> Float {
    let gradient = Constants.metaRate * clip(relativeError, 2) * echo / (errorScale + 1e-12)
    let bounds = Constants.plasticLogRateBounds
    logRate = clamp(logRate + clip(gradient, 0.1), bounds.lower, bounds.upper)
    return Functions.exp(logRate)
  }

  /// Carries the trace on.
  mutating func follow(_ direction: Lanes, by amount: Float) {
    trace = trace * Constants.metaDecay
    trace.addProduct(direction, amount)
  }
}
