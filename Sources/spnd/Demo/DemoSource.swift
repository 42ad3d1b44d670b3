import Demo
import Pipeline
import Synchronization

/// One of the demonstration's two inputs: what its feed, its reader and the view tell each other.
final class DemoSource: Sendable {
  let definition: Definition
  /// The broker's address.
  let brokers: String
  /// Events handed to the producer.
  let produced = Atomic(0)
  /// Events that the broker has acknowledged; known when the feed has ended.
  let acknowledged = Atomic(0)
  let predictions = Atomic(0)
  let deadLetters = Atomic(0)
  /// Whether the feed has ended.
  let isFed = Atomic(false)
  /// What the view draws.
  let chart: Mutex<Chart>

  init(definition: Definition, brokers: String, firstStream: String) {
    self.definition = definition
    self.brokers = brokers
    chart = Mutex(Chart(stream: firstStream))
  }

  /// Events in: those acknowledged once the feed has ended, and until then those produced.
  var events: Int {
    isFed.load(ordering: .acquiring)
      ? acknowledged.load(ordering: .relaxed) : produced.load(ordering: .relaxed)
  }

  /// Events without an answer yet, as far as the results have been read.
  var inFlight: Int {
    produced.load(ordering: .relaxed) - predictions.load(ordering: .relaxed)
      - deadLetters.load(ordering: .relaxed)
  }

  var properties: [(name: String, value: String)] {
    definition.clientProperties(brokers: brokers)
  }
}
