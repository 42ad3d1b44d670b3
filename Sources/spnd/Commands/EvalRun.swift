import Evaluation

/// One evaluation: its options, the settings of the network, and the threads.
struct EvalRun {
  let arguments: Arguments
  let settings: Settings
  let workforce: Workforce

  func anomalies() throws(Failure) -> Report {
    let evaluation = AnomalyEvaluation(try corpus(), settings, workforce)
    if let folder = arguments[option: "scores"] {
      try evaluating(or: .cannotCreate) { () throws(EvaluationError) in
        try ScoreFiles.write(evaluation.trials, into: folder)
      }
    }
    return evaluation.report(workforce)
  }

  private func corpus() throws(Failure) -> [LabelledSeries] {
    let folder = arguments[option: "data"]
    let count = try arguments.number("synthetic", in: 1...100_000)
    let seed = try arguments.number("seed", in: 0...1_000_000_000) ?? 1
    if let folder, count == nil {
      return try evaluating { () throws(EvaluationError) in try Corpus.load(folder) }
    }
    guard let count, folder == nil else {
      throw Failure(.usage, "give either --data DIR or --synthetic N")
    }
    return synthetic(count, from: seed)
  }

  private func synthetic(_ count: Int, from seed: Int) -> [LabelledSeries] {
    workforce.map(Array(seed..<(seed + count))) { SyntheticAnomalies.make(seed: UInt64($0)) }
  }

  func forecast() throws(Failure) -> Report {
    let files = try series(arguments.required("data"))
    let streams = arguments.has("joint") ? files : files.flatMap(\.separated)
    var report = ForecastEvaluation(streams, settings, workforce).report()
    if arguments.has("fsnet") {
      let table = try evaluating { () throws(EvaluationError) in
        try FSNetProtocol.table(streams, settings, workforce)
      }
      report.tables.append(table)
    }
    return report
  }

  private func series(_ list: String) throws(Failure) -> [Series] {
    let paths = list.split(separator: ",").map(String.init)
    return try evaluating { () throws(EvaluationError) in try SeriesFiles.load(paths) }
  }

  func ablation() throws(Failure) -> Report {
    let count = try arguments.number("synthetic", in: 0...100_000) ?? 160
    var labelled = synthetic(count, from: try arguments.number("seed", in: 0...1_000_000_000) ?? 1)
    if let folder = arguments[option: "data"] {
      labelled += try evaluating { () throws(EvaluationError) in try Corpus.load(folder) }
    }
    let plain = try arguments[option: "forecast"].map(series) ?? []
    let streams = AblationStreams(
      labelled: labelled, plain: plain, seeds: try seeds(),
      groups: try arguments.number("groups", in: 0...10_000) ?? 24,
      repeating: try arguments.number("repeating", in: 0...10_000) ?? 24, settings, workforce)
    return AblationEvaluation.report(streams, settings, workforce)
  }

  func drift() throws(Failure) -> Report {
    DriftEvaluation(seeds: try seeds(), settings, workforce).report()
  }

  private func seeds() throws(Failure) -> [UInt64] {
    let text = arguments[option: "seeds"] ?? "1-4"
    let bounds = text.split(separator: "-").map { UInt64($0) ?? .max }
    guard (1...2).contains(bounds.count), let first = bounds.first, let last = bounds.last,
      last < 1_000_000_000, first <= last, last - first < 1000
    else {
      throw Failure(
        .usage, "--seeds takes one number or two as in 101-104, at most 1000 of them, not \(text)")
    }
    return Array(first...last)
  }
}

/// Does something that evaluates, and turns its error into the command's.
func evaluating<Result>(
  or code: ExitCode = .noInput, _ body: () throws(EvaluationError) -> Result
) throws(Failure) -> Result {
  do throws(EvaluationError) {
    return try body()
  } catch {
    throw Failure(code, error.description)
  }
}
