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
  /// The interval that was said of the furthest step.
  private(set) var furthestLower: [Double] = []
  private(set) var furthestUpper: [Double] = []
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

  fileprivate mutating func append(_ forecast: Prediction?, ahead step: Int) {
    further[step - 2].append(forecast?.prediction ?? .nan)
    guard step == further.count + 1 else { return }
    furthestLower.append(forecast?.lower ?? .nan)
    furthestUpper.append(forecast?.upper ?? .nan)
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

/// Writes down what is said of a series.
private struct Recorder: ~Copyable {
  private var rehearsal: Rehearsal
  private var habituation: [Habituation]
  private let horizon: Int
  private(set) var traces: [Trace]
  private var learned: Int64 = 0

  init(_ series: Series, _ settings: Settings, horizon: Int) {
    self.horizon = horizon
    rehearsal = Rehearsal(series, settings)
    habituation = series.channels.map { _ in Habituation() }
    traces = series.channels.map { _ in Trace(capacity: series.count, horizon: horizon) }
  }

  mutating func observe(_ event: Int) {
    let isSaid = rehearsal.observe(event)
    if isSaid { learned += 1 }
    for channel in traces.indices {
      let outcome = isSaid ? rehearsal.outcomes[channel] : Outcome()
      if isSaid, rehearsal.changes[channel] == .opened { traces[channel].alarms.append(event) }
      if let drift = outcome.drift { traces[channel].drifts.append((event, drift)) }
      note(outcome, channel)
    }
  }

  private mutating func note(_ outcome: Outcome, _ channel: Int) {
    let isMuted = habituation[channel].mutes(outcome.evidence, at: learned)
    if !isMuted, outcome.evidence >= EvidenceTail.fixedLevel {
      habituation[channel].note(alarm: outcome.evidence, at: learned)
    }
    traces[channel].predictions.append(outcome.prediction)
    traces[channel].lower.append(outcome.lower)
    traces[channel].upper.append(outcome.upper)
    traces[channel].scores.append(outcome.score)
    traces[channel].alarmScores.append(isMuted ? 0 : outcome.score)
    traces[channel].levels.append(rehearsal.alerts[channel].level)
    for step in stride(from: 2, through: horizon, by: 1) {
      let isKnown = !outcome.value.isNaN
      traces[channel].append(
        isKnown ? rehearsal.forecast(channel: channel, step: step) : nil, ahead: step)
    }
  }
}
