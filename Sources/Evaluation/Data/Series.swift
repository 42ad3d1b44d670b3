package import SPN

/// One stream's events: their times, and one column of numbers a channel.
package struct Series: Sendable {
  /// What it is called in tables.
  package var name: String
  package var times: [ModelTime]
  /// Each channel's name.
  package var channels: [String]
  /// Each channel's values, as many as there are times; NaN is a missing one.
  package var columns: [[Double]]

  package init(name: String, times: [ModelTime], channels: [String], columns: [[Double]]) {
    self.name = name
    self.times = times
    self.channels = channels
    self.columns = columns
  }

  /// A series of one channel with events at equal distances.
  package init(name: String, values: [Double], start: Int64, spacing: Double) {
    let times = values.indices.map {
      ModelTime(nanoseconds: start * 1_000_000_000 + Int64((Double($0) * spacing * 1e9).rounded()))
    }
    self.init(name: name, times: times, channels: ["value"], columns: [values])
  }

  package var count: Int { times.count }

  /// Seconds between events: the median; 0 for fewer than two.
  package var spacing: Double {
    guard count > 1 else { return 0 }
    let gaps = zip(times.dropFirst(), times).map { $0.nanoseconds - $1.nanoseconds }
    return Double(gaps.sorted()[gaps.count / 2]) * 1e-9
  }

  /// Events in a day, at least 2: the season that the baselines are told.
  package var eventsPerDay: Int {
    let spacing = spacing
    return spacing > 0 ? max(2, Int((86_400 / spacing).rounded())) : 24
  }

  /// Its channels as series of their own, each named after its column.
  package var separated: [Series] {
    guard channels.count > 1 else { return [self] }
    return channels.indices.map {
      Series(
        name: "\(name)/\(channels[$0])", times: times, channels: [channels[$0]],
        columns: [columns[$0]])
    }
  }
}
