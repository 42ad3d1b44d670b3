/// An anomaly's change, a drift or a change of data health, as it was written to its topic.
///
/// What is shown to people is what was committed: the same bytes, and not before.
public struct Notice: Sendable, Equatable {
  /// `anomalies`, `drift` or `health`.
  public let output: Output
  /// The stream's name, bytes as they came.
  public let stream: [UInt8]
  /// The result: one JSON object.
  public let json: [UInt8]
  /// Its place among the pipeline's notices, from 1; 0 before it is published.
  public internal(set) var sequence: Int64 = 0
  /// When it was published, in milliseconds since 1970.
  public internal(set) var published: Int64 = 0

  public init(output: Output, stream: [UInt8], json: [UInt8]) {
    self.output = output
    self.stream = stream
    self.json = json
  }
}
