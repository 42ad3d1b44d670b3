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

  public init(
    stream: [UInt8], channel: String, value: Double, prediction: Double, lower: Double,
    upper: Double, score: Double
  ) {
    self.stream = stream
    self.channel = channel
    self.value = value
    self.prediction = prediction
    self.lower = lower
    self.upper = upper
    self.score = score
  }
}

extension Partition {
  /// The series of the streams that have them.
  func series(channels: [Definition.Channel]) -> [StreamSeries] {
    latest.flatMap { stream, outcomes in
      zip(channels, outcomes).filter { $1.prediction.isFinite }.map { channel, outcome in
        StreamSeries(
          stream: stream, channel: channel.name, value: outcome.value,
          prediction: outcome.prediction, lower: outcome.lower, upper: outcome.upper,
          score: Double(outcome.score))
      }
    }
  }
}
