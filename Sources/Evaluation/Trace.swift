internal import Pipeline
package import SPN

/// What was said of every event of one channel of one series, by the parts that the daemon runs.
package struct Trace: Sendable {
  /// Each event's prediction and interval; NaN where there was none.
  package var predictions: [Double] = []
  package var lower: [Double] = []
  package var upper: [Double] = []
  /// The published score, 0…1.
  package var scores: [Float] = []
  /// The score where an alarm could be raised at it, 0 while habituated after an alarm at the fixed
  /// level.
  package var alarmScores: [Float] = []
  /// The alarm level in force, as evidence.
  package var levels: [Float] = []
  /// The events at which an alarm opened.
  package var alarms: [Int] = []
  /// What was said after each event of each step ahead, from 2 on, where that was to be kept.
  private(set) var further: [[Double]] = []
  /// The events at which a drift was announced.
  package var drifts: [(event: Int, drift: Drift)] = []

  /// Room for a number of events.
  fileprivate init(capacity: Int, horizon: Int) {
    further = Array(repeating: [], count: horizon - 1)
    predictions.reserveCapacity(capacity)
    lower.reserveCapacity(capacity)
    upper.reserveCapacity(capacity)
    scores.reserveCapacity(capacity)
    alarmScores.reserveCapacity(capacity)
    levels.reserveCapacity(capacity)
  }

  fileprivate mutating func append(_ forecast: Double, ahead step: Int) {
    further[step - 2].append(forecast)
  }

  /// Runs a series through its model and its alerts, and gives one trace a channel.
  ///
  /// As in the daemon, late events and repeated ones are not learned: nothing is said of them.
  package static func of(
    _ series: Series, _ settings: Settings, keepsForecasts: Bool = false
  ) -> [Trace] {
    var recorder = Recorder(
      series, settings, horizon: keepsForecasts ? max(settings.model.horizon, 1) : 1)
    for event in 0..<series.count { recorder.observe(event) }
    return recorder.traces
  }

  /// The forecasts of a step ahead, by the event after which they were made.
  package func forecasts(ahead step: Int) -> [Double] {
    step == 1 ? predictions.dropFirst() + [.nan] : further[step - 2]
  }

  /// The one trace of a series of one channel.
  package static func of(single series: Series, _ settings: Settings) -> Trace {
    of(series, settings)[0]
  }
}

/// One stream at work: its model, its alarms, and what they said.
private struct Recorder: ~Copyable {
  private let series: Series
  private let policy: Definition.Alerts
  private var model: StreamModel
  private var state = StreamState()
  private var alerts: [AlertState]
  private var habituation: [Habituation]
  private var values: [Double]
  private var outcomes: [Outcome]
  private let horizon: Int
  private(set) var traces: [Trace]
  private var learned: Int64 = 0

  private static let fixedLevel: Float = EvidenceTail.fixedLevel

  init(_ series: Series, _ settings: Settings, horizon: Int) {
    self.horizon = horizon
    let channels = series.channels.count
    self.series = series
    policy = settings.alerts
    model = StreamModel(
      settings.model.network(channels: channels, components: settings.components))
    alerts = Array(repeating: AlertState(), count: channels)
    habituation = Array(repeating: Habituation(), count: channels)
    values = Array(repeating: .nan, count: channels)
    outcomes = Array(repeating: Outcome(), count: channels)
    traces = (0..<channels).map { _ in Trace(capacity: series.count, horizon: horizon) }
  }

  mutating func observe(_ event: Int) {
    let time = series.times[event]
    for channel in values.indices { values[channel] = series.columns[channel][event] }
    let digest = StreamState.digest(of: values.span)
    guard state.order(time: time.nanoseconds, digest: digest) == .current else {
      for channel in values.indices { note(Outcome(), event, channel) }
      return
    }
    state.advance(time: time.nanoseconds, offset: Int64(event), digest: digest)
    learned += 1
    Self.observe(values, at: time, with: &model, into: &outcomes)
    for channel in values.indices {
      let outcome = outcomes[channel]
      if !outcome.value.isNaN { alert(outcome, event, channel) }
      note(outcome, event, channel)
    }
  }

  private static func observe(
    _ values: [Double], at time: ModelTime, with model: inout StreamModel,
    into outcomes: inout [Outcome]
  ) {
    var results = outcomes.mutableSpan
    model.observe(values.span, at: time, into: &results)
  }

  private mutating func alert(_ outcome: Outcome, _ event: Int, _ channel: Int) {
    let change = alerts[channel].observe(
      outcome, time: series.times[event].nanoseconds, offset: Int64(event),
      spacing: state.spacing, policy: policy)
    if change == .opened { traces[channel].alarms.append(event) }
    if let drift = outcome.drift { traces[channel].drifts.append((event, drift)) }
  }

  private mutating func note(_ outcome: Outcome, _ event: Int, _ channel: Int) {
    let isMuted = habituation[channel].mutes(outcome.evidence, at: learned)
    if !isMuted, outcome.evidence >= Self.fixedLevel {
      habituation[channel].note(alarm: outcome.evidence, at: learned)
    }
    traces[channel].predictions.append(outcome.prediction)
    traces[channel].lower.append(outcome.lower)
    traces[channel].upper.append(outcome.upper)
    traces[channel].scores.append(outcome.score)
    traces[channel].alarmScores.append(isMuted ? 0 : outcome.score)
    traces[channel].levels.append(alerts[channel].level)
    lookAhead(channel, isKnown: !outcome.value.isNaN)
  }

  /// Keeps what is expected of the events after the next.
  private mutating func lookAhead(_ channel: Int, isKnown: Bool) {
    for step in stride(from: 2, through: horizon, by: 1) {
      let forecast = isKnown ? model.forecast(channel: channel, step: step).prediction : .nan
      traces[channel].append(forecast, ahead: step)
    }
  }
}
