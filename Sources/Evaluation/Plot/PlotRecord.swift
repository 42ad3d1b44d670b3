internal import Pipeline
internal import SPN

/// What a plot shows of one channel: every event's values, and the network's inside at each column
/// of the picture.
struct PlotRecord {
  /// What the network was at one column of the picture.
  struct Snapshot {
    var event: Int
    /// The attention's weights by group, summing to 1.
    var attention: [Double]
    /// The attention's weights of the six regime memories.
    var regimes: [Double]
    var slowWeights: [Double]
    var trace: [Double]
  }

  let series: Series
  let channel: Int
  /// The events that are shown.
  let events: Range<Int>
  private(set) var outcomes: [Outcome] = []
  /// The score at which an alarm opens, at each event.
  private(set) var levels: [Double] = []
  private(set) var alarms: [Int] = []
  private(set) var snapshots: [Snapshot] = []

  /// Who speaks, as the attention is shown.
  static let groups = [
    "plastic neuron", "slow neuron", "last value", "levels", "lags", "clock", "memories",
  ]

  /// Runs a series up to the last event that is shown.
  init(_ series: Series, channel: Int, events: Range<Int>, columns: Int, _ settings: Settings) {
    self.series = series
    self.channel = channel
    self.events = events
    var rehearsal = Rehearsal(series, settings)
    for event in 0..<events.upperBound {
      let isSaid = rehearsal.observe(event)
      guard event >= events.lowerBound else { continue }
      outcomes.append(isSaid ? rehearsal.outcomes[channel] : Outcome())
      levels.append(Double(score(ofEvidence: rehearsal.alerts[channel].level)))
      if isSaid, rehearsal.changes[channel] == .opened { alarms.append(event) }
      let place = event - events.lowerBound
      let isColumn =
        place * columns / events.count != (place + 1) * columns / events.count
      if isColumn { note(rehearsal.attribution(channel: channel), event) }
    }
  }

  private mutating func note(_ attribution: Attribution, _ event: Int) {
    var groups = Array(repeating: 0.0, count: Self.groups.count)
    var regimes: [Double] = []
    for expert in attribution.experts {
      groups[Self.group(of: expert.name)] += expert.weight
      if expert.name.hasPrefix("regime") { regimes.append(expert.weight) }
    }
    snapshots.append(
      Snapshot(
        event: event, attention: groups, regimes: regimes, slowWeights: attribution.slowWeights,
        trace: attribution.trace))
  }

  private static func group(of expert: String) -> Int {
    switch expert {
    case "plastic": 0
    case "slow": 1
    case "persistence": 2
    case "clock": 5
    case "episode": 6
    default: expert.hasPrefix("lag") ? 4 : expert.hasPrefix("regime") ? 6 : 3
    }
  }
}
