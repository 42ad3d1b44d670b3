import Evaluation
import Pipeline

/// `spnd eval MEASURE`: how well the network does, in figures.
enum Eval: Command {
  static let name = "eval"
  static let summary = "measures the quality of anomalies, forecasts and drift detection"
  static let options = ["data", "synthetic", "seed", "seeds", "scores", "definition", "threads"]
  static let flags = ["json", "quiet"]
  static let help = """
    usage: spnd eval anomalies --data DIR|--synthetic N [--seed N] [--scores OUT]
           spnd eval drift [--seeds A-B]
      each with [--definition FILE] [--threads N] [--json] [--quiet]

    Runs series through the models and alerts that the daemon runs, and prints tables. The same
    data give the same figures, whatever the number of threads.

    anomalies  how well labelled anomalies are found, by the rules of the Numenta Anomaly Benchmark
               v1.1 (three profiles, best threshold each, and the fixed level of 0.5), with the
               precision, recall and delay (events) at the fixed level, VUS-PR, and the rate of
               alarms outside the labelled windows against the budget

      --data DIR         a folder with data/CATEGORY/FILE.csv and labels/combined_windows.json
      --synthetic N      N made-up labelled series instead
      --seed N           the first of their seeds (1)
      --scores OUT       also writes OUT/CATEGORY/FILE.csv with timestamp, value, anomaly_score
    drift      how soon made-up drifts are found, with how many false alarms, and how fast the
               forecast recovers, for the first time and when a regime returns

      --seeds A-B        the suites of these seeds, at most 1000 (1-4)

      --definition FILE  takes the settings under model: and alerts: from a definition
      --threads N        threads, 1 to 64 (as many as there are processors)
      --json             one JSON object as the last line
      --quiet            no progress
    """

  static func run(_ arguments: Arguments) throws(Failure) {
    try requireProcessor()
    let report: Report
    switch try arguments.only("a measure (anomalies or drift)") {
    case "anomalies": report = try anomalies(arguments)
    case "drift": report = try drift(arguments)
    case let other:
      throw Failure(.usage, "there is no measure \(other); there are anomalies and drift")
    }
    print(report.text)
    if arguments.has("json") { print(report.json) }
  }

  private static func anomalies(_ arguments: Arguments) throws(Failure) -> Report {
    let settings = try settings(arguments)
    let workforce = try workforce(arguments)
    let corpus = try corpus(arguments, workforce)
    let evaluation = AnomalyEvaluation(corpus, settings, workforce)
    if let folder = arguments[option: "scores"] {
      try evaluating { () throws(EvaluationError) in
        try ScoreFiles.write(evaluation.trials, into: folder)
      }
    }
    return evaluation.report(workforce)
  }

  private static func drift(_ arguments: Arguments) throws(Failure) -> Report {
    let seeds = try seeds(arguments)
    let evaluation = DriftEvaluation(
      seeds: seeds, try settings(arguments), try workforce(arguments))
    return evaluation.report()
  }

  private static func seeds(_ arguments: Arguments) throws(Failure) -> [UInt64] {
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

  private static func corpus(
    _ arguments: Arguments, _ workforce: Workforce
  ) throws(Failure) -> [LabelledSeries] {
    let folder = arguments[option: "data"]
    let count = try arguments.number("synthetic", in: 1...100_000)
    let seed = try arguments.number("seed", in: 0...1_000_000_000) ?? 1
    guard (folder == nil) != (count == nil) else {
      throw Failure(.usage, "give either --data DIR or --synthetic N")
    }
    if let folder {
      return try evaluating { () throws(EvaluationError) in try Corpus.load(folder) }
    }
    return workforce.map(Array(seed..<(seed + (count ?? 0)))) {
      SyntheticAnomalies.make(seed: UInt64($0))
    }
  }

  private static func settings(_ arguments: Arguments) throws(Failure) -> Settings {
    guard let path = arguments[option: "definition"] else { return Settings() }
    let definition = try loadDefinition(path)
    return Settings(model: definition.model, alerts: definition.alerts)
  }

  private static func workforce(_ arguments: Arguments) throws(Failure) -> Workforce {
    .threads(
      try arguments.number("threads", in: 1...64) ?? processorCount,
      isQuiet: arguments.has("quiet"))
  }

  private static func evaluating<Result>(
    _ body: () throws(EvaluationError) -> Result
  ) throws(Failure) -> Result {
    do throws(EvaluationError) {
      return try body()
    } catch {
      throw Failure(.noInput, error.description)
    }
  }
}
