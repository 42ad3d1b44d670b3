/// What all streams of one definition share: their channels, the interval's coverage, and which
/// components work.
///
/// A network holds no state of any stream. Its fields are trivial, so that passing it costs no
/// reference counting.
public struct Network: Sendable {
  /// The number of values in one event, at least 1.
  public let channelCount: Int
  /// The share of values that the interval should contain, 0.5…0.998.
  public let coverage: Double
  /// The components that work.
  public let components: Components
  /// How many events ahead the model forecasts, 1…96.
  public let horizon: Int
  /// Whether streams hear others of their group (`MessageBoard`).
  public let isGrouped: Bool
  /// The interval experts' first quantile, in mean absolute residuals.
  let firstQuantile: Float

  /// Describes the models of a kind of stream.
  /// - Parameters:
  ///   - channels: values in one event; less than 1 counts as 1.
  ///   - coverage: the share of values that the interval should contain, brought into 0.5…0.998.
  ///   - horizon: how many events ahead to forecast, brought into 1…96; more than 1 costs bytes and
  ///     time for each step.
  ///   - isGrouped: whether streams hear others of their group.
  ///   - components: the components that work.
  public init(
    channels: Int, coverage: Double = 0.95, horizon: Int = 1, isGrouped: Bool = false,
    components: Components = .all
  ) {
    channelCount = max(channels, 1)
    self.isGrouped = isGrouped
    self.coverage = coverage.isNaN ? 0.95 : min(max(coverage, 0.5), 0.998)
    self.horizon = min(max(horizon, 1), Self.horizonMax)
    self.components = components
    let relative =
      Functions.normalQuantile((1 + self.coverage) / 2) / Functions.normalQuantile(0.975)
    firstQuantile = Constants.firstQuantile * Float(relative)
  }

  /// The longest horizon, in events.
  public static let horizonMax = Forecaster.horizonMax

  /// The version of the block's layout and of every formula: the same events give the same bytes as
  /// long as it stays.
  public static let numericsVersion: Int32 = 9

  /// Bytes of one stream's state, a multiple of 64; a block of zeros is a new stream.
  public var blockByteCount: Int { Layout.headerByteCount + channelCount * channelStride }

  /// Bytes of what the streams of one group tell each other, a multiple of 64.
  public var boardByteCount: Int { MessageBoard.byteCount(channels: channelCount) }

  /// Whether channels or streams send each other messages.
  var hasMessages: Bool { (channelCount > 1 || isGrouped) && components.contains(.messages) }

  /// The neurons' inputs in use: messages come last.
  var inputCount: Int { hasMessages ? Constants.inputCount : Constants.messageInput }

  /// Bytes of one channel, whose last rows are there only for messages.
  var channelByteCount: Int { Layout.channelByteCount(inputCount: inputCount) }

  /// Bytes from one channel to the next: the channel and its forecaster.
  var channelStride: Int { channelByteCount + Forecaster.byteCount(horizon: horizon) }
}

/// The parts of the network, each of which can be switched off on its own.
public struct Components: OptionSet, Sendable {
  /// One bit for each component.
  public let rawValue: UInt32

  /// Makes a set of the components whose bits are set.
  public init(rawValue: UInt32) { self.rawValue = rawValue }

  /// The neuron whose rate is learned and fast.
  public static let plasticHead = Components(rawValue: 1 << 0)
  /// The neuron whose weights change slowly.
  public static let slowHead = Components(rawValue: 1 << 1)
  /// The learning of the plastic neuron's rate; off: 0.01.
  public static let metaPlasticity = Components(rawValue: 1 << 2)
  /// The weights of earlier regimes and their recall.
  public static let regimeMemory = Components(rawValue: 1 << 3)
  /// What follows at this time of the day and of the week.
  public static let clockMemory = Components(rawValue: 1 << 4)
  /// The weighing of experts; off: the plastic neuron alone speaks (or the slow one, if that is
  /// off).
  public static let attention = Components(rawValue: 1 << 5)
  /// The reaction to drift; off: drift is still announced.
  public static let neuromodulation = Components(rawValue: 1 << 6)
  /// The growing of lag synapses.
  public static let structuralPlasticity = Components(rawValue: 1 << 7)
  /// The eight fixed hidden units.
  public static let hiddenUnits = Components(rawValue: 1 << 8)
  /// The learning of the interval's quantiles; off: those of a normal residual.
  public static let conformal = Components(rawValue: 1 << 9)
  /// The keeping of isolated outliers out of what is learned.
  public static let quarantine = Components(rawValue: 1 << 10)
  /// The resetting of slow levels after a drift.
  public static let reanchoring = Components(rawValue: 1 << 11)
  /// The announcement of runs of one value, and their evidence.
  public static let flatRuns = Components(rawValue: 1 << 12)
  /// The residual against the contextual memory, as evidence.
  public static let contextResidual = Components(rawValue: 1 << 13)
  /// The difference from the fast trace, as evidence.
  public static let contrast = Components(rawValue: 1 << 14)
  /// The fast trace of the residuals against the contextual memory, as evidence.
  public static let lastingResidual = Components(rawValue: 1 << 15)
  /// The distance from a channel's mean, as evidence.
  public static let magnitude = Components(rawValue: 1 << 16)
  /// The prior that anomalies per day do not grow with the sampling rate.
  public static let ratePrior = Components(rawValue: 1 << 17)
  /// The damping of evidence where surprise is usual.
  public static let tonic = Components(rawValue: 1 << 18)
  /// The hours' shares of the residuals' size.
  public static let hourScale = Components(rawValue: 1 << 19)
  /// The messages between the channels of one stream and between the streams of one group.
  public static let messages = Components(rawValue: 1 << 20)

  /// The recall of episodes that repeat exactly.
  public static let episodicRecall = Components(rawValue: 1 << 21)

  /// The three channels of the anomaly evidence.
  public static let evidence: Components = [.contextResidual, .contrast, .lastingResidual]
  /// Everything.
  public static let all = Components(rawValue: (1 << 22) - 1)
}
