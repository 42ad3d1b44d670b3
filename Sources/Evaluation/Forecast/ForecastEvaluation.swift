/// How well series are forecast.
package struct ForecastEvaluation: Sendable {
  /// The further horizon, in events.
  package static let horizon = 24

  private let channels: [ForecastTrial.Channel]

  /// Runs all series, each as one stream whose channels are learned together.
  package init(_ series: [Series], _ settings: Settings, _ workforce: Workforce) {
    channels = workforce.map(series, what: "running forecasts") {
      ForecastTrial($0, settings, horizon: Self.horizon)
    }.flatMap(\.channels)
  }

  /// The tables.
  package func report() -> Report {
    var report = Report("forecast")
    report.tables = [methods(), streams()]
    report.notes = [
      "MASE: mean absolute error in that of persistence, from event 100 on. MSE and path are in the"
        + " series' variance; path is the mean over 1 to \(Self.horizon) steps ahead. Width is in"
        + " persistence's mean error. RLS is told the whole series' mean and deviation."
    ]
    return report
  }

  private func methods() -> Table {
    var table = Table(
      "methods", "Forecasts of \(channels.count) series",
      columns: [
        .init("method", "method"), .init("mase", "MASE", decimals: 4),
        .init("mase_median", "median", decimals: 3), .init("mase_worst", "worst", decimals: 3),
        .init("mse", "MSE", decimals: 4),
        .init("error24", "24 steps: error", decimals: 3),
        .init("error24_worst", "worst", decimals: 3), .init("mse24", "MSE", decimals: 3),
        .init("path", "path", decimals: 3), .init("coverage", "coverage", decimals: 4),
        .init("coverage_min", "least", decimals: 3), .init("coverage_max", "most", decimals: 3),
        .init("width", "width", decimals: 2), .init("coverage24", "24: coverage", decimals: 3),
        .init("width24", "width", decimals: 2),
      ])
    let coverages = channels.map(\.interval.coverage)
    let extra: [Table.Cell] = [
      .number(mean(channels.map(\.path))), .number(mean(coverages)),
      .number(coverages.min() ?? .nan), .number(coverages.max() ?? .nan),
      .number(mean(channels.map(\.interval.width))),
      .number(mean(channels.map(\.furtherInterval.coverage).filter(\.isFinite))),
      .number(mean(channels.map(\.furtherInterval.width).filter(\.isFinite))),
    ]
    table.rows = [scoreCells("SPN", channels.map(\.network)) + extra]
    for (number, baseline) in Baseline.allCases.enumerated() {
      let none = extra.map { _ in Table.Cell.number(.nan) }
      table.rows.append(scoreCells(baseline.name, channels.map { $0.baselines[number] }) + none)
    }
    return table
  }

  private func scoreCells(_ name: String, _ scores: [[ForecastScore]]) -> [Table.Cell] {
    let (next, later) = (scores.map { $0[0] }, scores.map { $0[1] })
    let errors = next.map(\.relativeError).filter(\.isFinite)
    let further = later.map(\.relativeError).filter(\.isFinite)
    return [
      .text(name), .number(mean(errors)), .number(median(errors)), .number(errors.max() ?? .nan),
      .number(mean(next.map(\.standardisedError).filter(\.isFinite))), .number(mean(further)),
      .number(further.max() ?? .nan),
      .number(mean(later.map(\.standardisedError).filter(\.isFinite))),
    ]
  }

  private func streams() -> Table {
    var table = Table(
      "streams", "Each series",
      columns: [
        .init("name", "series"), .init("mase", "MASE", decimals: 3),
        .init("best", "best baseline"), .init("best_mase", "its MASE", decimals: 3),
        .init("error24", "24 steps: error", decimals: 3),
        .init("best24_error", "best baseline", decimals: 3),
        .init("coverage", "coverage", decimals: 3), .init("width", "width", decimals: 2),
      ])
    table.rows = channels.map { channel in
      func best(_ place: Int) -> (name: String, error: Double) {
        let errors = channel.baselines.map { $0[place].relativeError }
        let least = errors.indices.min { errors[$0] < errors[$1] } ?? 0
        return (Baseline.allCases[least].name, errors[least])
      }
      return [
        .text(channel.name), .number(channel.network[0].relativeError), .text(best(0).name),
        .number(best(0).error), .number(channel.network[1].relativeError),
        .number(best(1).error), .number(channel.interval.coverage),
        .number(channel.interval.width),
      ]
    }
    return table
  }
}
