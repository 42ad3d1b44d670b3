import Evaluation
import Pipeline

/// `spnd eval MEASURE`: how well the network does, in figures.
enum Eval: Command {
  static let name = "eval"
  static let summary = "measures the quality of anomalies, forecasts and drift detection"
  static let options = [
    "data", "forecast", "synthetic", "seed", "seeds", "groups", "repeating", "scores", "definition",
    "threads",
  ]
  static let flags = ["joint", "fsnet", "json", "quiet"]
  static let help = """
    usage: spnd eval anomalies --data DIR|--synthetic N [--seed N] [--scores OUT]
           spnd eval forecast --data FILE|DIR[,FILE|DIR…] [--joint] [--fsnet]
           spnd eval drift [--seeds A-B]
           spnd eval ablation [--data DIR] [--forecast FILE|DIR[,FILE|DIR…]] [--synthetic N]
             [--seeds A-B] [--groups N] [--repeating N]
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

    forecast   the error of forecasts 1 and \(ForecastEvaluation.horizon) steps ahead and the
               honesty of the intervals, beside persistence, seasonal naive, Holt-Winters and an
               autoregression

      --data FILE|DIR…   CSV files with a column of times and columns of numbers, or folders
      --joint            the columns of a file are the channels of one stream, not streams each
      --fsnet            also the protocol of FSNet, on hourly data of at least five months

    drift      how soon made-up drifts are found, with how many false alarms, and how fast the
               forecast recovers, for the first time and when a regime returns

      --seeds A-B        the suites of these seeds, at most 1000 (1-4)

    ablation   what each component of the network earns: each is switched off in turn, and the
               change of the measures above stands with its 95 % interval

      --data DIR         labelled series, as for anomalies
      --forecast FILE…   further series, as --data for forecast
      --synthetic N      made-up labelled series (160)
      --seeds A-B        suites of made-up drifts, as for drift
      --groups N         made-up groups of streams, of which some follow others (24)
      --repeating N      made-up streams that repeat without noise (24)

      --definition FILE  takes the settings under model: and alerts: from a definition
      --threads N        threads, 1 to 64 (as many as there are processors)
      --json             one JSON object as the last line
      --quiet            no progress
    """

  /// The measures, with the options that each takes besides those that all do.
  private static let measures: [String: Set<String>] = [
    "anomalies": ["data", "synthetic", "seed", "scores"],
    "forecast": ["data", "joint", "fsnet"],
    "drift": ["seeds"],
    "ablation": ["data", "forecast", "synthetic", "seed", "seeds", "groups", "repeating"],
  ]

  static func run(_ arguments: Arguments) throws(Failure) {
    let measure = try arguments.only("a measure (anomalies, forecast, drift or ablation)")
    guard let taken = measures[measure] else {
      let known = measures.keys.sorted().joined(separator: ", ")
      throw Failure(.usage, "there is no measure \(measure); there are \(known)")
    }
    let common: Set<String> = ["definition", "threads", "json", "quiet"]
    if let stray = arguments.given.subtracting(taken).subtracting(common).min() {
      throw Failure(.usage, "\(measure) takes no --\(stray)")
    }
    try requireProcessor()
    let run = EvalRun(
      arguments: arguments, settings: try settings(arguments),
      workforce: .threads(
        try arguments.number("threads", in: 1...64) ?? processorCount,
        isQuiet: arguments.has("quiet")))
    let report =
      switch measure {
      case "anomalies": try run.anomalies()
      case "forecast": try run.forecast()
      case "drift": try run.drift()
      default: try run.ablation()
      }
    print(report.text)
    if arguments.has("json") { print(report.json) }
  }

  private static func settings(_ arguments: Arguments) throws(Failure) -> Settings {
    guard let path = arguments[option: "definition"] else { return Settings() }
    return Settings(try loadDefinition(path))
  }
}
