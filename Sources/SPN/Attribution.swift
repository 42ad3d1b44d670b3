/// Why a channel's last prediction and evidence are what they are.
public struct Attribution: Sendable {
  /// One expert of the attention.
  public struct Expert: Sendable, Equatable {
    /// Which neuron, memory, lag or time scale.
    public let name: String
    /// The attention's weight, 0…1; the weights sum to 1.
    public let weight: Double
    /// Weight × the expert's own prediction, in the channel's unit; the contributions sum to the
    /// prediction.
    public let contribution: Double
  }

  /// One input of the plastic neuron.
  public struct Input: Sendable, Equatable {
    /// Which step, level, lag, time of the clock or hidden unit.
    public let name: String
    /// Weight × input, in the channel's unit: how far it moves the neuron's prediction.
    public let contribution: Double
  }

  /// One part of the evidence.
  public struct Evidence: Sendable, Equatable {
    /// Which channel of the evidence.
    public let name: String
    /// What never having seen such a value lately adds; all parts sum to the evidence.
    public let novelty: Double
    /// What the distance from the mean adds.
    public let magnitude: Double
  }

  /// The experts, in a fixed order.
  public let experts: [Expert]
  /// The plastic neuron's inputs, in a fixed order.
  public let inputs: [Input]
  /// The evidence's parts, in a fixed order.
  public let evidence: [Evidence]
  /// The lags in events of the three lag synapses, 0 where none has grown.
  public let lags: [Int]
  /// The plastic neuron's learned rate, per event.
  public let learningRate: Double
  /// The slow neuron's weights, in the order of the inputs.
  public let slowWeights: [Double]
  /// The plastic neuron's weights less the slow one's: the fast trace, in the order of the inputs.
  public let trace: [Double]

  /// The experts' published names, in their order.
  static let expertNames = [
    "slow", "plastic", "persistence", "level4", "level16", "level64", "level256", "median", "lag1",
    "lag2", "lag3", "clock", "regime1", "regime2", "regime3", "regime4", "regime5", "regime6",
    "episode",
  ]
  /// The inputs' published names, in their order.
  public static let inputNames = [
    "step1", "step2", "step3", "step4", "step5", "step6", "level4", "level16", "level64",
    "level256", "bias", "lag1.step", "lag1.level", "lag2.step", "lag2.level", "lag3.step",
    "lag3.level", "clock.day", "clock.week", "clock.level", "hidden1", "hidden2", "hidden3",
    "hidden4", "hidden5", "hidden6", "hidden7", "hidden8", "message1.step", "message1.level",
    "message2.step", "message2.level",
  ]
  /// The evidence channels' published names, in their order.
  static let evidenceNames = ["context", "contrast", "lasting", "flat"]
}

extension Channel {
  /// Explains the last event.
  func attribution() -> Attribution {
    let shares = explanation.evidence
    let evidence = Attribution.evidenceNames.enumerated().map { k, name in
      Attribution.Evidence(
        name: name, novelty: Double(shares[2 * k]), magnitude: Double(shares[2 * k + 1]))
    }
    let slowWeights = (0..<Constants.inputCount).map { Double(slow.weights[$0]) }
    let trace = slowWeights.enumerated().map { Double(plastic.weights[$0]) - $1 }
    return Attribution(
      experts: explanation.experts(), inputs: explanation.weightedInputs(), evidence: evidence,
      lags: (0..<Constants.lagSlotCount).map { synapses.lag($0) },
      learningRate: Double(Functions.exp(meta.logRate)), slowWeights: slowWeights, trace: trace)
  }
}
