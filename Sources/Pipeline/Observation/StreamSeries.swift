/// The last outcome of one channel of a stream that has time series of its own.
public struct StreamSeries: Sendable {
  /// The stream's name, bytes as they came.
  public var stream: [UInt8]
  public var channel: String
  public var value: Double
  public var prediction: Double
  public var lower: Double
  public var upper: Double
  /// 0…1, 0.5 at the fixed alarm level.
  public var score: Double
}

extension Partition {
  /// The series of the streams that have them.
  func series(channels: [Definition.Channel]) -> [StreamSeries] {
    latest.indices.filter { latest[$0].prediction.isFinite }.map { index in
      let name = streams.key(of: index / channels.count)
      let outcome = latest[index]
      return StreamSeries(
        stream: Array(count: name.count) { name[$0] },
        channel: channels[index % channels.count].name, value: outcome.value,
        prediction: outcome.prediction, lower: outcome.lower, upper: outcome.upper,
        score: Double(outcome.score))
    }
  }
}
