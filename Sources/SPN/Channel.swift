/// All that is known of one channel of one stream, in the order in which it lies in the stream's
/// block (see `Layout`).
///
/// The order of the steps in `learn` matters: each uses what the ones before it left.
struct Channel: ~Copyable {
  /// Finite values so far; 0 is a new channel.
  var observedCount: Int64
  /// Events since the first finite value, missing ones included.
  var eventIndex: Int64
  /// When the channel was last seen.
  var spacing: Spacing
  /// The origin, the unit and the levels.
  var normaliser: Normaliser
  /// The interval around the prediction.
  var interval: ConformalInterval
  /// The surprise and the drift detectors.
  var neuromodulator: Neuromodulator
  /// How large residuals are at each hour of the day.
  var hourScale: HourScale
  /// The run of equal values.
  var flatRun: FlatRun
  /// The experts' weights.
  var attention: DynamicAttention
  /// The neuron that consolidates.
  var slow: PlasticNeuron
  /// The neuron that follows.
  var plastic: PlasticNeuron
  /// The plastic neuron's rate.
  var meta: MetaPlasticity
  /// The synapses to the past, and what would make them grow.
  var synapses: StructuralPlasticity
  /// The last 512 values.
  var history: LagHistory
  /// What led to the last prediction and evidence.
  var explanation: Explanation
  /// What the other channels of the stream say.
  var messages: Messages
  /// The episode that repeats.
  var episode: EpisodicRecall
  /// How usual such values are in their context.
  var evidence: AnomalyEvidence
  /// What the predictor knows of the clock.
  var clock: ClockMemory
  /// What worked in earlier regimes.
  var regimes: RegimeMemory
  /// The neurons' common Newton direction.
  var covariance: InverseCovariance

  /// Advances by one event, with pauses between the steps; NaN and infinities are missing values.
  mutating func observe(
    _ value: Double, at time: ModelTime, slots: ClockSlots, network: borrowing Network,
    pause: () -> Void
  ) -> Outcome {
    guard value.isFinite else { return miss(slots, network) }
    let bounded = min(max(value, -Constants.valueMax), Constants.valueMax)
    spacing.learn(time, before: observedCount)
    if observedCount == 0 { return begin(bounded, slots: slots, network) }
    pause()
    let forecast = forecast(slots, network, pause: pause)
    pause()
    explain(forecast)
    var outcome = outcome(of: forecast)
    outcome.value = value
    outcome.last = normaliser.anchor + Double(normaliser.last)
    eventIndex += 1
    observedCount += 1
    let event = accept(bounded, forecast, slots, network)
    pause()
    learn(event, forecast, slots, network, into: &outcome, pause: pause)
    judge(bounded, slots, network, into: &outcome, pause: pause)
    shiftAnchor()
    return outcome
  }

  private mutating func begin(
    _ value: Double, slots: ClockSlots, _ network: borrowing Network
  ) -> Outcome {
    observedCount = 1
    normaliser.begin(at: value)
    interval.begin(firstQuantile: network.firstQuantile)
    neuromodulator.begin()
    attention.begin()
    slow.begin(age: 1)
    plastic.begin(age: 0)
    meta.begin()
    covariance.begin(count: network.inputCount)
    regimes.begin()
    synapses.begin()
    var outcome = Outcome()
    outcome.value = value
    judge(value, slots, network, into: &outcome, pause: {})
    outcome.expected = .nan
    return outcome
  }

  /// A missing value: the prediction takes its place in the history, and nothing is learned.
  private mutating func miss(_ slots: ClockSlots, _ network: borrowing Network) -> Outcome {
    guard observedCount > 0 else { return Outcome() }
    let forecast = forecast(slots, network)
    explain(forecast)
    eventIndex += 1
    history.push(forecast.prediction)
    normaliser.last = forecast.prediction
    normaliser.quarantine = 0
    synapses.skip()
    messages.sent = Message()
    return outcome(of: forecast)
  }

  private mutating func outcome(of forecast: borrowing Forecast) -> Outcome {
    var outcome = Outcome()
    let prediction = Double(forecast.prediction)
    outcome.prediction = normaliser.anchor + prediction
    outcome.lower = normaliser.anchor + (prediction + Double(forecast.lower))
    outcome.upper = normaliser.anchor + (prediction + Double(forecast.upper))
    return outcome
  }

  private mutating func judge(
    _ value: Double, _ slots: ClockSlots, _ network: borrowing Network, into outcome: inout Outcome,
    pause: () -> Void
  ) {
    let relative = value - normaliser.anchor
    let finding = evidence.observe(
      relative, anchor: normaliser.anchor, slots: slots, spacing: spacing.seconds,
      flatness: network.components.contains(.flatRuns) ? flatRun.evidence : 0,
      components: network.components, pause: pause)
    explanation.evidence = finding.shares
    outcome.expected = normaliser.anchor + finding.expected
    outcome.evidence = Float(finding.evidence)
    outcome.score = Float(finding.evidence / (finding.evidence + Constants.evidenceAlarm))
  }

  private mutating func shiftAnchor() {
    let delta = normaliser.anchorShift(history: &history)
    guard delta != 0 else { return }
    normaliser.shift(by: delta)
    history.shift(by: delta)
    regimes.shift(by: delta)
    neuromodulator.shift(by: delta)
    evidence.shift(by: Double(delta))
  }
}
