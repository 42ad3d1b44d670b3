/// The online forecasting protocol of FSNet (Pham et al. 2023) and OneNet on hourly data: values in
/// deviations of the first 4 months, squared errors averaged over the 6th to the 20th month, a
/// month being 30 days.
///
/// Their models are trained on the first months and then learn on; ours learns from the first event
/// in one pass.
package enum FSNetProtocol {
  private static let scaledEvents = 4 * 30 * 24
  private static let firstEvent = 5 * 30 * 24
  private static let endEvent = 20 * 30 * 24

  /// Mean squared errors of one channel, of the network and of persistence.
  private struct Errors: Sendable {
    var next: Double
    var nextOfPersistence: Double
    var path: Double
    var pathOfPersistence: Double
  }

  /// The table for the streams of one file, all of whose channels are judged.
  ///
  /// - Throws: where a stream is too short.
  package static func table(
    _ streams: [Series], _ settings: Settings, _ workforce: Workforce
  ) throws(EvaluationError) -> Table {
    if let short = streams.first(where: { $0.count <= firstEvent + ForecastEvaluation.horizon }) {
      throw EvaluationError(
        short.name, "has \(short.count) events; the protocol needs more than \(firstEvent) hours")
    }
    let errors = workforce.map(streams, what: "running the protocol") {
      squares($0, settings)
    }.flatMap { $0 }
    var table = Table(
      "fsnet", "The protocol of FSNet: cumulative squared error",
      columns: [
        .init("method", "method"), .init("mse1", "1 step", decimals: 4),
        .init("mse24", "path of \(ForecastEvaluation.horizon) steps", decimals: 4),
      ])
    table.rows = [
      [.text("SPN"), .number(mean(errors.map(\.next))), .number(mean(errors.map(\.path)))],
      [
        .text("persistence"), .number(mean(errors.map(\.nextOfPersistence))),
        .number(mean(errors.map(\.pathOfPersistence))),
      ],
    ]
    return table
  }

  private static func squares(_ series: Series, _ settings: Settings) -> [Errors] {
    let horizon = ForecastEvaluation.horizon
    var settings = settings
    settings.model.horizon = horizon
    let traces = Trace.of(series, settings, keepsForecasts: true)
    let end = min(endEvent, series.count)
    return traces.indices.map { c in
      let values = series.columns[c]
      let head = Array(values[..<scaledEvents])
      let average = mean(head)
      let variance = mean(head.map { ($0 - average) * ($0 - average) })
      func error(_ forecasts: [Double], ahead: Int, until end: Int) -> Double {
        mean(
          (firstEvent..<end).map { event in
            let error = forecasts[event - 1] - values[event + ahead - 1]
            return error * error / variance
          })
      }
      func path(_ forecasts: (Int) -> [Double]) -> Double {
        mean((1...horizon).map { error(forecasts($0), ahead: $0, until: end - horizon) })
      }
      return Errors(
        next: error(traces[c].forecasts(ahead: 1), ahead: 1, until: end),
        nextOfPersistence: error(values, ahead: 1, until: end),
        path: path { traces[c].forecasts(ahead: $0) }, pathOfPersistence: path { _ in values })
    }
  }
}
