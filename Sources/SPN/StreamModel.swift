/// What a model expects of the next value.
public struct Prediction: Sendable, Equatable {
  /// The expected value, in the channel's unit; NaN before the first value.
  public var prediction: Double = .nan
  /// The interval's lower end.
  public var lower: Double = .nan
  /// The interval's upper end.
  public var upper: Double = .nan
}

/// The Synaptic Plasticity Network of one stream: learns from every event in one pass, predicts,
/// scores, and explains.
///
/// A model is a pure function of its block and the events: the same events give the same bytes. It
/// reads no clock and no random numbers, and `observe` allocates nothing. Values of any size are
/// safe; results are finite once a channel has had a value.
@safe
public struct StreamModel: ~Copyable {
  let network: Network
  private let block: UnsafeMutableRawPointer
  private let ownsBlock: Bool

  /// Starts a new stream in a block of its own.
  public init(_ network: Network) {
    self.network = network
    let byteCount = network.blockByteCount
    unsafe block = UnsafeMutableRawPointer.allocate(
      byteCount: byteCount, alignment: Layout.alignment)
    unsafe block.initializeMemory(as: UInt8.self, repeating: 0, count: byteCount)
    ownsBlock = true
  }

  /// Continues the stream in a block that lives elsewhere; costs nothing and frees nothing.
  ///
  /// The block holds `network.blockByteCount` bytes, aligned to 64, all zero for a new stream or
  /// left there by a model of an equal network. It must outlive the model, and no other model may
  /// use it meanwhile.
  @unsafe
  public init(_ network: Network, borrowing block: UnsafeMutableRawPointer) {
    precondition(UInt(bitPattern: block) % UInt(Layout.alignment) == 0)
    self.network = network
    unsafe self.block = block
    ownsBlock = false
  }

  deinit {
    if ownsBlock { unsafe block.deallocate() }
  }

  /// Learns one event.
  ///
  /// Costs a few microseconds per channel and no allocation.
  /// - Parameters:
  ///   - values: one value per channel; NaN and infinities are missing values.
  ///   - time: the event's time; times may repeat or run backwards.
  ///   - outcomes: one for each channel, filled.
  ///   - pause: called some twenty times a channel, between steps of the work: whoever has many
  ///     models can bring the next one's block near meanwhile, a part at a time.
  public mutating func observe(
    _ values: Span<Double>, at time: ModelTime, into outcomes: inout MutableSpan<Outcome>,
    pause: () -> Void = {}
  ) {
    let channelCount = network.channelCount
    precondition(values.count == channelCount && outcomes.count >= channelCount)
    let slots = ClockSlots(time)
    for c in 0..<channelCount {
      outcomes[c] = unsafe channel(c).pointee.observe(
        values[c], at: time, slots: slots, network: network, pause: pause)
      if let forecaster = forecaster(c) {
        unsafe channel(c).pointee.lookAhead(
          forecaster, value: values[c], zoneOffset: time.zoneOffset, network)
      }
    }
    if network.hasMessages { exchangeMessages() }
    unsafe header.pointee.eventCount &+= 1
    unsafe header.pointee.nanoseconds = time.nanoseconds
    unsafe header.pointee.zoneOffset = Int64(time.zoneOffset)
  }

  /// What the model expects of a channel's next value, without learning.
  /// - Parameters:
  ///   - channel: 0…channels − 1.
  ///   - time: when; nil is the last time plus the channel's typical spacing.
  public func predict(channel index: Int, at time: ModelTime? = nil) -> Prediction {
    precondition(index >= 0 && index < network.channelCount)
    let zone = unsafe Int32(truncatingIfNeeded: header.pointee.zoneOffset)
    let time = unsafe time ?? channel(index).pointee.spacing.next(zoneOffset: zone)
    return unsafe channel(index).pointee.prediction(ClockSlots(time), network)
  }

  /// What the model expects of a channel some events ahead, each at the channel's typical spacing,
  /// without learning.
  /// - Parameters:
  ///   - channel: 0…channels − 1.
  ///   - step: how many events ahead, 1…horizon.
  public func forecast(channel index: Int, step: Int) -> Prediction {
    precondition(index >= 0 && index < network.channelCount && step >= 1)
    guard step > 1, let forecaster = forecaster(index) else { return predict(channel: index) }
    let zone = unsafe Int32(truncatingIfNeeded: header.pointee.zoneOffset)
    return unsafe channel(index).pointee.forecast(
      forecaster, step: step, zoneOffset: zone, network)
  }

  /// Why a channel's last prediction and evidence were what they were; allocates.
  public func attribution(channel index: Int) -> Attribution {
    precondition(index >= 0 && index < network.channelCount)
    return unsafe channel(index).pointee.attribution()
  }

  /// The values in one event.
  public var channelCount: Int { network.channelCount }

  /// Events so far.
  public var eventCount: Int64 { unsafe header.pointee.eventCount }

  /// The last event's time, or nil before the first.
  public var lastTime: ModelTime? {
    guard eventCount > 0 else { return nil }
    return unsafe ModelTime(
      nanoseconds: header.pointee.nanoseconds,
      zoneOffset: Int32(truncatingIfNeeded: header.pointee.zoneOffset))
  }

  /// The stream's state.
  public var bytes: RawSpan {
    @_lifetime(borrow self)
    get {
      let span = unsafe RawSpan(_unsafeStart: block, byteCount: network.blockByteCount)
      return unsafe _overrideLifetime(span, borrowing: self)
    }
  }

  /// Lets every channel hear what those after it said of the event, for the next one.
  private func exchangeMessages() {
    let count = network.channelCount
    for c in 0..<count {
      for k in 0..<min(count - 1, Messages.neighboursMax) {
        let message = unsafe channel((c + 1 + k) % count).pointee.messages.sent
        unsafe channel(c).pointee.messages.hear(message, from: k)
      }
    }
  }

  // The block is aligned and sized for a header and the channels, whose fields are trivial: any
  // bytes are valid.
  private var header: UnsafeMutablePointer<Header> {
    unsafe block.assumingMemoryBound(to: Header.self)
  }

  func channel(_ index: Int) -> UnsafeMutablePointer<Channel> {
    unsafe (block + Layout.headerByteCount + index * network.channelStride)
      .assumingMemoryBound(to: Channel.self)
  }

  private func forecaster(_ index: Int) -> Forecaster? {
    guard network.horizon > 1 else { return nil }
    let end = unsafe UnsafeMutableRawPointer(channel(index)) + network.channelByteCount
    return unsafe Forecaster(end, horizon: network.horizon)
  }
}

extension Channel {
  /// The forecast in the channel's unit.
  mutating func prediction(_ slots: ClockSlots, _ network: borrowing Network) -> Prediction {
    guard observedCount > 0 else { return Prediction() }
    let forecast = forecast(slots, network)
    let prediction = Double(forecast.prediction)
    return Prediction(
      prediction: normaliser.anchor + prediction,
      lower: normaliser.anchor + (prediction + Double(forecast.lower)),
      upper: normaliser.anchor + (prediction + Double(forecast.upper)))
  }
}
