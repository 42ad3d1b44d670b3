/// What the network of one channel has become: its weights, memories and modulation, for people to
/// look at.
public struct Anatomy: Sendable {
  /// One synapse to the past.
  public struct Synapse: Sendable, Equatable {
    /// Events into the past; 0 where none has grown.
    public let lag: Int
    /// Events since it grew.
    public let age: Int
    /// How much it says lately, in step scales; a synapse of little use may be replaced.
    public let utility: Double
  }

  /// One remembered regime.
  public struct Regime: Sendable, Equatable {
    /// Whether the place holds one.
    public let isHeld: Bool
    /// How much attention it gets, times ten, in a slow mean.
    public let use: Double
    /// The attention's weight, 0…1.
    public let weight: Double
    /// Whether it was recalled last and still holds.
    public let isRecalled: Bool
    /// The level of 256 events that held in it, in the channel's unit; nil in an empty place.
    public let level: Double?
  }

  /// The names of the weights below, in their order.
  public static var inputNames: [String] { Attribution.inputNames }
  /// The names of the experts, in the order of `attention`.
  public static var expertNames: [String] { Attribution.expertNames }
  /// The names of the five sums below.
  public static let sumNames = [
    "larger errors", "smaller errors", "errors upwards", "errors downwards", "stale weights",
  ]

  /// The slow neuron's weights, one for each input.
  public let slow: [Double]
  /// The plastic neuron's weights, one for each input.
  public let plastic: [Double]
  /// The attention's weights over the experts at the last event; they sum to 1.
  public let attention: [Double]
  public let synapses: [Synapse]
  public let regimes: [Regime]
  /// The neuromodulator's sums, each 0 to `alarm` in calm.
  public let sums: [Double]
  /// The sum at which it speaks.
  public let alarm: Double
  /// Events for which it still keeps quiet.
  public let pause: Int
  /// Events since the last drift; nil before the first.
  public let eventsSinceDrift: Int?
  /// The level of each hour of the week, Monday 0:00 first, in the channel's unit; nil in hours
  /// that were never visited.
  public let week: [Double?]
  /// The last values, oldest first, at most 512, in the channel's unit.
  public let history: [Double]
  /// Typical seconds between events; 0 while unknown.
  public let spacing: Double
}

extension StreamModel {
  /// What a channel's network has become; allocates.
  public func anatomy(channel index: Int) -> Anatomy {
    precondition(index >= 0 && index < channelCount)
    return unsafe channel(index).pointee.anatomy()
  }
}

extension Channel {
  mutating func anatomy() -> Anatomy {
    let anchor = normaliser.anchor
    let count = Int(min(max(eventIndex + 1, 0), Int64(Constants.historyCount)))
    return Anatomy(
      slow: (0..<Constants.inputCount).map { Double(slow.weights[$0]) },
      plastic: (0..<Constants.inputCount).map { Double(plastic.weights[$0]) },
      attention: explanation.experts().map(\.weight),
      synapses: (0..<Constants.lagSlotCount).map { synapses.view($0) },
      regimes: (0..<Constants.regimeCount).map { slot in
        regimes.view(slot, weight: attention.weights[Experts.regime + slot], anchor: anchor)
      },
      sums: neuromodulator.cusums, alarm: Double(Constants.cusumAlarm),
      pause: neuromodulator.quietEvents, eventsSinceDrift: regimes.eventsSinceDrift,
      week: (0..<168).map { hour in evidence.weekLevel(hour).map { anchor + Double($0) } },
      history: observedCount == 0
        ? [] : (0..<count).reversed().map { anchor + Double(history.value(ago: $0)) },
      spacing: spacing.seconds)
  }
}
