import SPN

/// One stream of the suite after its run: how its drifts were found, and how the predictors came
/// back.
package struct DriftTrial: Sendable {
  package let stream: DriftStream
  package let network: Detection
  /// The network's false alarms by the kind that it announced.
  let falseKinds: [Drift.Kind]
  package let recovery: Recovery
  /// The baselines: detectors on the raw values, and a predictor.
  let adwin: Detection
  let pageHinkley: Detection
  let baseline: Recovery

  /// Runs a stream, the baselines too where they are wanted.
  package init(
    _ stream: DriftStream, _ settings: Settings, oracle: [Double], withBaselines: Bool = true
  ) {
    self.stream = stream
    let trace = Trace.of(single: stream.series, settings)
    func detection(_ alarms: [Int]) -> Detection {
      Detection(
        alarms: alarms, drifts: stream.drifts, window: stream.window, count: stream.series.count)
    }
    network = detection(trace.drifts.map(\.event))
    falseKinds = trace.drifts.filter { drift in
      !stream.drifts.contains { ($0..<($0 + stream.window)).contains(drift.event) }
    }.map(\.drift.kind)
    func recovery(_ predictions: [Double]) -> Recovery {
      let errors = Recovery.absoluteErrors(predictions, stream.series)
      return Recovery(errors: errors, oracle: oracle, stream: stream)
    }
    self.recovery = recovery(trace.predictions)
    let values = withBaselines ? stream.series.columns[0] : []
    var adwin = ADWIN()
    var pageHinkley = PageHinkley()
    self.adwin = detection(values.indices.filter { adwin.detects(values[$0]) })
    self.pageHinkley = detection(values.indices.filter { pageHinkley.detects(values[$0]) })
    let forecasts = RecursiveLeastSquares.forecasts(
      of: values, season: 24, horizon: 1, forgetting: 0.998)
    baseline = recovery(withBaselines ? [.nan] + forecasts.dropLast() : trace.predictions)
  }
}
