import Synchronization

/// Something that only the workers know, asked from another thread.
public final class Question: Sendable {
  /// What is asked.
  public enum Kind: Sendable {
    /// The first streams in an order.
    case streams(StreamOrder, count: Int)
    /// One stream, by the bytes of its name: its model, and its course after a number.
    case stream([UInt8], channel: Int, after: Int64)
  }

  /// What a worker says.
  public enum Answer: Sendable {
    /// The worker's own first streams, in order.
    case streams([StreamSummary])
    /// A JSON object that explains the stream.
    case explanation([UInt8])
  }

  private struct State {
    var waiting: Int
    var answers: [Answer] = []
  }

  public let kind: Kind
  private let state: Mutex<State>
  private let done: @Sendable ([Answer]) -> Void

  /// - Parameters:
  ///   - workers: how many will answer, at least 1.
  ///   - done: called once, on the thread that answers last.
  init(_ kind: Kind, workers: Int, done: @escaping @Sendable ([Answer]) -> Void) {
    self.kind = kind
    self.done = done
    state = Mutex(State(waiting: workers))
  }

  /// Notes one worker's answer; nil where it has none.
  package func answer(_ answer: Answer?) {
    let answers = state.withLock { state -> [Answer]? in
      if let answer { state.answers.append(answer) }
      state.waiting -= 1
      return state.waiting == 0 ? state.answers : nil
    }
    if let answers { done(answers) }
  }
}
