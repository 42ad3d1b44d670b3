import SPN
import Testing

/// The plastic neuron is a fast-weight programmer: with the inputs themselves in place of the
/// Newton direction, its delta rule writes what causal linear attention reads (I. Schlag, K. Irie
/// and J. Schmidhuber, "Linear transformers are secretly fast weight programmers", 2021).
struct LinearAttentionTests {
  /// One event: the key is the query too, and a value is to be found there.
  private struct Token {
    var key: [Float]
    var value: Float
    var rate: Float
  }

  private let tokens: [Token]

  init() {
    var noise = Noise(seed: 501)
    tokens = (0..<200).map { _ in
      Token(
        key: (0..<32).map { _ in Float(noise.normal()) / 6 }, value: Float(noise.normal()),
        rate: Float(0.1 + 0.8 * noise.uniform()))
    }
  }

  /// What the neuron says of each token before it learns it, at its rate, the error or the value.
  private func neuron(correctsErrors: Bool) -> [Float] {
    var neuron = PlasticNeuron()
    return tokens.map { token in
      var inputs = Lanes()
      for i in 0..<32 { inputs[i] = token.key[i] }
      let output = neuron.output(inputs, bound: 1e9)
      let written = correctsErrors ? token.value - output : token.value
      neuron.learn(inputs, by: token.rate * written)
      return output
    }
  }

  /// Causal linear attention in double precision: Σ over earlier tokens of (key · query) × what was
  /// stored there; with `correctsErrors`, that is the value less what was already found (DeltaNet).
  private func attention(correctsErrors: Bool) -> [Double] {
    var stored: [Double] = []
    return tokens.indices.map { t in
      let found = (0..<t).reduce(0.0) { sum, i in
        let score = zip(tokens[i].key, tokens[t].key).reduce(0.0) {
          $0 + Double($1.0) * Double($1.1)
        }
        return sum + score * stored[i]
      }
      let value = Double(tokens[t].value)
      stored.append(Double(tokens[t].rate) * (correctsErrors ? value - found : value))
      return found
    }
  }

  @Test(arguments: [true, false])
  func theNeuronIsCausalLinearAttention(_ correctsErrors: Bool) {
    let spoken = neuron(correctsErrors: correctsErrors)
    let attended = attention(correctsErrors: correctsErrors)
    for (own, expected) in zip(spoken, attended) {
      #expect(abs(Double(own) - expected) < 1e-5 * max(1, abs(expected)))
    }
  }

  @Test func theCorrectionMatters() {
    let with = attention(correctsErrors: true)
    let without = attention(correctsErrors: false)
    #expect(zip(with, without).contains { abs($0 - $1) > 0.1 })
  }
}
