/// A neuron that learns by a pre × post delta rule along the Newton direction, robust to outliers
/// (Huber).
///
/// Two share one input: the slow one consolidates (rate 3e-4, after a drift reopened to 1/age), the
/// plastic one follows at a learned rate.
package struct PlasticNeuron: ~Copyable {
  /// The synapses' weights.
  package var weights: Lanes
  /// The running mean of the error's size, in step scales.
  private(set) var errorScale: Float
  /// Events since the neuron was (re)opened; its rate is at least 1/(age + 1).
  var age: Float
  private var reserved: SIMD2<Float>

  /// A neuron without synapses.
  package init() {
    weights = Lanes()
    errorScale = 0
    age = 0
    reserved = .zero
  }

  /// Starts with the error of one step scale.
  mutating func begin(age: Float) {
    errorScale = 1
    self.age = age
  }

  /// The weighted sum of the inputs, within the largest recent steps.
  package func output(_ inputs: Lanes, bound: Float) -> Float {
    clip((weights * inputs).total, bound)
  }

  /// Notes an error, before learning from it.
  mutating func note(error: Float, in event: Observation) {
    let size = min(abs(error), 5 * errorScale)
    errorScale += event.rate(atLeast: 0.01) * (size - errorScale)
    age += 1
  }

  /// The error in units of its own running mean.
  func relative(_ error: Float) -> Float { error / (errorScale + 1e-12) }

  /// How far to go along the Newton direction per unit of error.
  func stepSize(error: Float, rate: Float, leverage: Float, event: Observation) -> Float {
    var m = min(0.5, max(rate, 1 / (age + 1)))
    let scale = Constants.huber * (errorScale + 1e-12)
    if abs(error) > scale { m *= scale / abs(error) }
    if event.isQuarantined { m = 0 }
    return m / (1 - m + m * leverage)
  }

  /// Moves the weights.
  package mutating func learn(_ direction: Lanes, by amount: Float) {
    weights.addProduct(direction, amount)
  }
}
