package import Pipeline
package import SPN

/// One stream at work outside the daemon: its model and its alarms, fed as the daemon feeds them.
package struct Rehearsal: ~Copyable {
  private let series: Series
  private let policy: Definition.Alerts
  private var model: StreamModel
  private var state = StreamState()
  private var values: [Double]
  /// What the last event did to each channel's alarm.
  package private(set) var changes: [AlertState.Change]
  /// Each channel's alarm.
  package private(set) var alerts: [AlertState]
  /// What was said of the last event, one outcome a channel.
  package private(set) var outcomes: [Outcome]

  /// - Parameter isGrouped: whether the stream hears others of its group.
  package init(_ series: Series, _ settings: Settings, isGrouped: Bool = false) {
    let channels = series.channels.count
    self.series = series
    policy = settings.alerts
    model = StreamModel(settings.network(channels: channels, isGrouped: isGrouped))
    values = Array(repeating: .nan, count: channels)
    changes = Array(repeating: .none, count: channels)
    alerts = Array(repeating: AlertState(), count: channels)
    outcomes = Array(repeating: Outcome(), count: channels)
  }

  /// Feeds one event; false, and nothing said, where it is late or a repetition.
  package mutating func observe(_ event: Int) -> Bool {
    guard accept(event) else { return false }
    Self.observe(values, at: series.times[event], with: &model, into: &outcomes)
    judge(event)
    return true
  }

  /// The same of a stream that hears the others on a board and tells them; `member` is how the
  /// board knows it.
  package mutating func observe(
    _ event: Int, on board: inout MessageBoard, as member: UInt64
  ) -> Bool {
    guard accept(event) else { return false }
    let time = series.times[event]
    let place = board.place(of: member)
    if let place { model.hear(board, as: place, at: time) }
    Self.observe(values, at: time, with: &model, into: &outcomes)
    if let place { model.tell(&board, as: place, at: time) }
    judge(event)
    return true
  }

  /// Notes an event that is to be learned; false where it is not.
  private mutating func accept(_ event: Int) -> Bool {
    let time = series.times[event]
    for channel in values.indices { values[channel] = series.columns[channel][event] }
    let digest = StreamState.digest(of: values.span)
    guard state.order(time: time.nanoseconds, digest: digest) == .current else { return false }
    state.advance(time: time.nanoseconds, offset: Int64(event), digest: digest)
    return true
  }

  private mutating func judge(_ event: Int) {
    for channel in values.indices {
      guard !outcomes[channel].value.isNaN else {
        changes[channel] = .none
        continue
      }
      changes[channel] = alerts[channel].observe(
        outcomes[channel], time: series.times[event].nanoseconds, offset: Int64(event),
        spacing: state.spacing, policy: policy)
    }
  }

  /// What is expected of a channel some events ahead, 1 to the settings' horizon.
  package func forecast(channel: Int, step: Int) -> Prediction {
    model.forecast(channel: channel, step: step)
  }

  /// Why the last event's prediction and evidence were what they were.
  package func attribution(channel: Int) -> Attribution { model.attribution(channel: channel) }

  /// Whom a channel listens to; `place` is the stream's own on its group's board.
  package func neighbours(channel: Int, as place: Int?) -> [Neighbour?] {
    model.neighbours(channel: channel, as: place)
  }

  private static func observe(
    _ values: [Double], at time: ModelTime, with model: inout StreamModel,
    into outcomes: inout [Outcome]
  ) {
    var results = outcomes.mutableSpan
    model.observe(values.span, at: time, into: &results)
  }
}
