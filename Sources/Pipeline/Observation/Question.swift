import Synchronization

/// Something that only the workers know, asked from another thread.
public final class Question: Sendable {
  /// What is asked.
  public enum Kind: Sendable {
    /// The first streams in an order.
    case streams(StreamOrder, count: Int)
    /// One stream, by the bytes of its name: its model, and its course after a number.
    case stream([UInt8], channel: Int, after: Int64)
    /// One stream's model, to be kept elsewhere.
    case model([UInt8])
    /// That a stream forgets what it has learned.
    case reset([UInt8])
    /// That streams go on from models that were kept elsewhere.
    case replace([ArchivedModel])
    /// Some of a partition's models.
    case page(ModelPage.Request)
  }

  /// What a worker says.
  public enum Answer: Sendable {
    /// The worker's own first streams, in order.
    case streams([StreamSummary])
    /// A JSON object that explains the stream.
    case explanation([UInt8])
    /// The stream's models, one for each partition that has its events.
    case models([ArchivedModel])
    /// A page of a partition's models.
    case page(ModelPage)
    /// So many models were changed, which is saved.
    case changed(Int)
    /// Why none was changed, and whether that may pass.
    case unchanged(String, mayPass: Bool)
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
