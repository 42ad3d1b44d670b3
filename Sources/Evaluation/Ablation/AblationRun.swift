/// The streams on which components are compared.
package struct AblationStreams: Sendable {
  let labelled: [LabelledSeries]
  let plain: [Series]
  let drifting: [(stream: DriftStream, oracle: [Double])]
  let groups: [CoupledStreams]
  let repeating: [Series]

  /// - Parameters:
  ///   - labelled: judged by the anomaly score of their collection and by their forecasts; can be
  ///     empty.
  ///   - plain: judged by their forecasts, their channels learned together; can be empty.
  ///   - seeds: of the drift suites.
  ///   - groups: how many made-up groups of streams are judged by their forecasts.
  ///   - repeating: how many made-up streams that repeat exactly are.
  package init(
    labelled: [LabelledSeries], plain: [Series], seeds: [UInt64], groups: Int = 0,
    repeating: Int = 0, _ settings: Settings, _ workforce: Workforce
  ) {
    self.labelled = labelled
    self.plain = plain
    let streams = workforce.map(seeds) { DriftSuite.make(seed: $0) }.flatMap { $0 }
    let oracles = workforce.map(streams) { Recovery.oracle($0, settings) }
    drifting = Array(zip(streams, oracles))
    self.groups = workforce.map(Array(0..<groups)) { CoupledStreams.make(seed: UInt64($0 + 1)) }
    self.repeating = (0..<repeating).map { RepeatingStream.make(seed: UInt64($0 + 1)) }
  }
}

/// What one network does on all streams.
struct AblationRun: Sendable {
  private enum Job: Sendable {
    case labelled(LabelledSeries)
    case plain(Series)
    case drifting(DriftStream, [Double])
    case group(CoupledStreams)
    case repeating(Series)
  }

  private struct Result: Sendable {
    var collection = ""
    var entry: NABEntry?
    var error: Double?
    var miscoverage: Double?
    var drift: DriftTrial?
    var outlierError: Double?
    var followerError: Double?
    var strangerError: Double?
    var repeatedError: Double?
  }

  let measures: [AblationMeasure]

  init(_ streams: AblationStreams, _ settings: Settings, name: String, _ workforce: Workforce) {
    let jobs =
      streams.labelled.map(Job.labelled) + streams.plain.map(Job.plain)
      + streams.drifting.map { Job.drifting($0.stream, $0.oracle) }
      + streams.groups.map(Job.group) + streams.repeating.map(Job.repeating)
    let results = workforce.map(jobs, what: name) { Self.run($0, settings) }.flatMap { $0 }
    var measures: [AblationMeasure] = []
    for collection in Set(streams.labelled.map(\.collection)).sorted() {
      let entries = results.compactMap { $0.collection == collection ? $0.entry : nil }
      if NABScore.windowCount(entries) > 0 { measures.append(Self.score(collection, entries)) }
    }
    // Made-up series are many and jump a lot: what helps on real ones would drown among them.
    let isMadeUp = { (result: Result) in result.collection == SyntheticAnomalies.collection }
    let errors = results.filter { !isMadeUp($0) }.compactMap(\.error)
    let madeUpErrors = results.filter(isMadeUp).compactMap(\.error)
    if !errors.isEmpty {
      measures.append(Self.average(.init("mase", "MASE", decimals: 4), errors))
    }
    if !madeUpErrors.isEmpty {
      measures.append(
        Self.average(.init("made_up_mase", "MASE of made-up", decimals: 4), madeUpErrors))
    }
    if !errors.isEmpty || !madeUpErrors.isEmpty {
      measures.append(
        Self.average(
          .init("miscoverage", "coverage off by", decimals: 4), results.compactMap(\.miscoverage)))
    }
    if !streams.drifting.isEmpty {
      measures += Self.drift(results.compactMap(\.drift))
      measures.append(
        Self.average(
          .init("outliers", "error amid outliers", decimals: 3),
          results.compactMap(\.outlierError)))
    }
    if !streams.groups.isEmpty {
      measures += [
        Self.average(
          .init("followers", "MASE of followers", decimals: 4),
          results.compactMap(\.followerError)),
        Self.average(
          .init("strangers", "of their group's others", decimals: 4),
          results.compactMap(\.strangerError)),
      ]
    }
    if !streams.repeating.isEmpty {
      measures.append(
        Self.average(
          .init("repeating", "MASE of repeating", decimals: 4),
          results.compactMap(\.repeatedError)))
    }
    self.measures = measures
  }

  private static func run(_ job: Job, _ settings: Settings) -> [Result] {
    switch job {
    case .labelled(let labelled):
      let trace = Trace.of(single: labelled.series, settings)
      var result = forecast(trace, labelled.series.columns[0], settings)
      result.collection = labelled.collection
      result.entry = NABEntry(scores: trace.alarmScores, windows: labelled.windows)
      return [result]
    case .plain(let series):
      return zip(Trace.of(series, settings), series.columns).map { forecast($0, $1, settings) }
    case .drifting(let stream, let oracle):
      var result = Result(
        drift: DriftTrial(stream, settings, oracle: oracle, withBaselines: false))
      if stream.hasOutliers {
        let predictions = Trace.of(single: stream.series, settings).predictions
        result.outlierError = Recovery.relativeError(
          Recovery.absoluteErrors(predictions, stream.series), oracle: oracle, of: stream)
      }
      return [result]
    case .repeating(let series):
      let predictions = Trace.of(single: series, settings).forecasts(ahead: 1)
      return [Result(repeatedError: relativeError(predictions, series))]
    case .group(let group):
      return zip(errors(of: group, settings), group.follows).map { error, follows in
        follows ? Result(followerError: error) : Result(strangerError: error)
      }
    }
  }

  /// The relative error of each stream of a group.
  private static func errors(of coupled: CoupledStreams, _ settings: Settings) -> [Double] {
    let streams = coupled.streams
    var group = StreamGroup(streams, settings)
    var predictions = streams.map { _ in [Double]() }
    for event in 0..<streams[0].count {
      for stream in streams.indices {
        let isSaid = group.observe(event, of: stream)
        predictions[stream].append(isSaid ? group.outcomes(of: stream)[0].prediction : .nan)
      }
    }
    return zip(streams, predictions).map { relativeError($1.dropFirst() + [.nan], $0) }
  }

  private static func relativeError(_ forecasts: [Double], _ series: Series) -> Double {
    let values = series.columns[0]
    return ForecastScore(forecasts, values: values, filled: values, horizon: 1).relativeError
  }

  private static func forecast(
    _ trace: Trace, _ values: [Double], _ settings: Settings
  ) -> Result {
    let filled = ForecastTrial.filled(values)
    let error = ForecastScore(
      trace.forecasts(ahead: 1), values: values, filled: filled, horizon: 1
    ).relativeError
    let interval = IntervalScore(trace, values: values, filled: filled)
    guard error.isFinite, interval.coverage.isFinite else { return Result() }
    return Result(error: error, miscoverage: abs(interval.coverage - settings.model.interval))
  }

  private static func average(_ column: Table.Column, _ amounts: [Double]) -> AblationMeasure {
    AblationMeasure(
      column: column, isScore: false, scale: 1, amounts: amounts, weights: amounts.map { _ in 1 })
  }

  private static func score(_ collection: String, _ entries: [NABEntry]) -> AblationMeasure {
    let threshold = NABScore.best(entries, .standard).threshold
    // A raw score is −1 for each window missed, and the score 0 where all are: hence the windows.
    return AblationMeasure(
      column: .init(collection, "\(collection) score", decimals: 1), isScore: true, scale: 50,
      amounts: entries.map {
        NABScore.raw($0, threshold, .standard) + Double($0.windowCount)
      }, weights: entries.map { Double($0.windowCount) })
  }

  private static func drift(_ trials: [DriftTrial]) -> [AblationMeasure] {
    func measure(
      _ key: String, _ title: String, scale: Double = 1, decimals: Int = 3,
      _ part: (DriftTrial) -> (Double, Double)
    ) -> AblationMeasure {
      let parts = trials.map(part)
      return AblationMeasure(
        column: .init(key, title, decimals: decimals), isScore: false, scale: scale,
        amounts: parts.map(\.0), weights: parts.map(\.1))
    }
    func excess(
      _ trial: DriftTrial, where isWanted: (Recovery.Visit) -> Bool
    ) -> (Double, Double) {
      let visits = trial.stream.hasRecovery ? trial.recovery.visits.filter(isWanted) : []
      return (visits.reduce(0) { $0 + $1.excess100 }, Double(visits.count))
    }
    return [
      measure("recovery", "error after drifts") { excess($0) { !$0.isReturn } },
      measure("return", "error after returns") { excess($0) { $0.isReturn } },
      measure("missed", "drifts missed") { (Double($0.network.missed), Double($0.network.drifts)) },
      measure("false", "false alarms", scale: 10_000, decimals: 2) {
        (Double($0.network.falseAlarms), Double($0.network.quietEvents))
      },
    ]
  }
}
