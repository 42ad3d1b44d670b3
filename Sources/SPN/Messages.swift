/// What a channel tells its neighbours after an event.
struct Message {
  /// How it surprised: its reference neuron's error in mean errors, −3…3.
  var innovation: Float = 0
  /// How it moved, in step scales.
  var step: Float = 0
  /// How far its 16-event level lies from it, in that level's spread.
  var distance: Float = 0

  /// As much of it as a share, 0…1.
  func faded(to share: Float) -> Message {
    Message(innovation: share * innovation, step: share * step, distance: share * distance)
  }
}

/// The channels of a stream, and the streams of a group, as a graph: each attends to the two
/// neighbours whose surprises best foretell its own, and takes their messages as inputs.
///
/// a_j ← a_j + b (e_t · e_j − a_j) with what neighbour j last said before the event, for up to 16
/// neighbours: the channels that follow in the stream's order, then the other streams of the group
/// in theirs. Every 32 events the largest |a_j| beyond four standard errors takes a free synapse,
/// or one of less than half its strength.
struct Messages: ~Copyable {
  /// The messages attended to: step and distance of each synapse's neighbour.
  var inputs: SIMD4<Float>
  private var affinities: SIMD16<Float>
  private var heard: SIMD16<Float>
  /// Each synapse's neighbour plus one, or 0.
  private var neighbours: SIMD2<Int32>
  /// What the channel tells.
  var sent: Message
  private var reserved: Float

  /// The most neighbours that a channel listens to.
  static let neighboursMax = 16
  /// Synapses that take messages.
  static let synapseCount = 2
  /// The variance of a normal error in mean errors, π/2.
  private static let errorVariance: Float = 1.57

  /// Hears what a neighbour, 0…15, said of the event that all have seen.
  mutating func hear(_ message: Message, from neighbour: Int) {
    heard[neighbour] = message.innovation
    for k in 0..<Self.synapseCount where Int(neighbours[k]) == neighbour + 1 {
      inputs[2 * k] = clip(message.step, Constants.inputMax)
      inputs[2 * k + 1] = clip(message.distance, Constants.inputMax)
    }
  }

  /// Learns how the channel's error, in mean errors, goes with what was heard before it.
  mutating func learn(_ error: Float, event: Observation) {
    let rate = event.rate(atLeast: Constants.correlationRate)
    affinities += (heard * error - affinities) * rate
  }

  /// The synapse that turns to another neighbour at this event, if one does.
  mutating func grow(eventIndex: Int64, event: Observation) -> Int? {
    guard eventIndex % 32 == 16, eventIndex > 64 else { return nil }
    let rate = event.rate(atLeast: Constants.correlationRate)
    var best = Constants.messageThreshold * (rate / 2).squareRoot() * Self.errorVariance
    var found = 0
    for neighbour in 1...Self.neighboursMax where !isAttended(neighbour) {
      let size = abs(affinities[neighbour - 1])
      if size > best {
        best = size
        found = neighbour
      }
    }
    guard found > 0 else { return nil }
    let synapse = strength(0) <= strength(1) ? 0 : 1
    guard strength(synapse) < 0.5 * best else { return nil }
    neighbours[synapse] = Int32(found)
    return synapse
  }

  /// Forgets what neighbours from a number on said: it is used, and what they say next is unknown.
  mutating func forget(from first: Int) {
    for k in 0..<Self.synapseCount where Int(neighbours[k]) > first {
      inputs[2 * k] = 0
      inputs[2 * k + 1] = 0
    }
  }

  /// The neighbour that a synapse listens to, 0…15.
  func neighbour(of synapse: Int) -> Int? {
    neighbours[synapse] > 0 ? Int(neighbours[synapse]) - 1 : nil
  }

  private func isAttended(_ neighbour: Int) -> Bool {
    for k in 0..<Self.synapseCount where Int(neighbours[k]) == neighbour { return true }
    return false
  }

  /// How well a synapse's neighbour foretells the channel; −1 while it has none.
  private func strength(_ synapse: Int) -> Float {
    let neighbour = Int(neighbours[synapse])
    return neighbour > 0 ? abs(affinities[neighbour - 1]) : -1
  }
}

extension Channel {
  /// Learns from what the neighbours said before this event, and says how it surprised.
  ///
  /// - Parameter channels: how many the stream has.
  mutating func exchange(_ innovation: Float, event: Observation, channels: Int) {
    messages.learn(innovation, event: event)
    if let synapse = messages.grow(eventIndex: eventIndex, event: event) {
      refresh(input: Constants.messageInput + 2 * synapse, inputCount: Constants.inputCount)
    }
    messages.sent = Message(
      innovation: innovation, step: event.step,
      distance: (normaliser.levels[1] - event.accepted) / normaliser.spreads[1])
    messages.forget(from: channels - 1)
  }
}
