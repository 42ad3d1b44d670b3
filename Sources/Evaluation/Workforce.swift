import Synchronization

/// Who does independent jobs: the caller's threads, and whoever watches the progress.
///
/// Results come in the order of the jobs, so that nothing depends on the number of threads.
package struct Workforce: Sendable {
  /// Calls a job with every index below a count, in any order, and returns when all are done;
  /// `what` names long work, for a progress line.
  package typealias Run =
    @Sendable (
      _ what: String?, _ count: Int, _ job: @escaping @Sendable (Int) -> Void
    ) -> Void

  private let run: Run

  package init(_ run: @escaping Run) { self.run = run }

  /// The calling thread alone.
  package static let alone = Workforce { _, count, job in
    for index in 0..<count { job(index) }
  }

  /// What the transform makes of every item, in the items' order.
  package func map<Item: Sendable, Result: Sendable>(
    _ items: [Item], what: String? = nil, _ transform: @escaping @Sendable (Item) -> Result
  ) -> [Result] {
    let results = Mutex<[Result?]>(Array(repeating: nil, count: items.count))
    run(what, items.count) { index in
      let result = transform(items[index])
      results.withLock { $0[index] = result }
    }
    return results.withLock { $0.compactMap { $0 } }
  }
}
