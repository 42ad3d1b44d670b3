extension Definition {
  /// The keys in which another definition differs and that only a restart can change: what names
  /// the work, how records are read, and what models are made of.
  ///
  /// All others (alerts, outputs' sampling, the pace of commits and of saving, the memory of
  /// models, the number of series) can change between two transactions, without touching what
  /// models have learned.
  public func restartKeys(for other: Definition) -> [String] {
    let outputs = zip(output.topics, other.output.topics).map { old, new in
      (old.key, old.topic == new.topic)
    }
    var (state, http) = (other.state, other.http)
    (state.memory, state.maxReplay) = (self.state.memory, self.state.maxReplay)
    http.streams = self.http.streams
    let fixed: [(String, Bool)] = [
      ("pipeline", pipeline == other.pipeline), ("kafka", kafka == other.kafka),
      ("input", input == other.input), ("model", model == other.model),
      ("processing.guarantee", processing.guarantee == other.processing.guarantee),
      ("processing.workers", processing.workers == other.processing.workers),
      ("state", self.state == state), ("http", self.http == http), ("log", log == other.log),
    ]
    return (fixed + outputs).filter { !$0.1 }.map(\.0)
  }
}
