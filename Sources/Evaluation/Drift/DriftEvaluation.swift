import SPN

/// How well drift is found and survived on the synthetic suite.
package struct DriftEvaluation: Sendable {
  package let trials: [DriftTrial]

  /// Runs the suite of every seed.
  package init(seeds: [UInt64], _ settings: Settings, _ workforce: Workforce) {
    let streams = workforce.map(seeds) { DriftSuite.make(seed: $0) }.flatMap { $0 }
    trials = workforce.map(streams, what: "running drifts") { stream in
      // The oracle is the whole network's, so that components can be compared by it.
      let oracle = Recovery.oracle(stream, Settings(model: settings.model))
      return DriftTrial(stream, settings, oracle: oracle)
    }
  }

  /// The generators in the order of the suite.
  private var generators: [String] {
    trials.map(\.stream.generator).reduce(into: []) { if !$0.contains($1) { $0.append($1) } }
  }

  private func of(_ generator: String) -> [DriftTrial] {
    trials.filter { $0.stream.generator == generator }
  }

  /// The tables.
  package func report() -> Report {
    var report = Report("drift")
    report.tables = [detections(), falseAlarms(), recoveries(), returns()]
    report.notes = [
      "Delays and recoveries are in events, false alarms in 10,000 events. A drift is found by the"
        + " first alarm in the 500 events (1,000 for ramp and gradual) after it begins. Recovered"
        + " is who errs at most 1.2 times as much over 50 events as a model that has only seen the new"
        + " regime; errors after drifts are in units of its error. The cost of a regime is the sum"
        + " of the errors beyond the usual over the 99 events after the first, in usual errors."
    ]
    return report
  }

  private static let abrupt = ["level", "dynamics", "nonlinear", "level with outliers", "variance"]

  private func detections() -> Table {
    var table = Table(
      "detection", "Drifts found",
      columns: [.init("stream", "stream"), .init("drifts", "drifts")]
        + ["SPN", "ADWIN", "Page-Hinkley"].flatMap { name -> [Table.Column] in
          let key = name.lowercased().replacing("-", with: "_")
          return [
            .init("\(key)_delay", "\(name): delay", decimals: 0),
            .init("\(key)_missed", "missed"), .init("\(key)_false", "false"),
          ]
        })
    var groups = generators.map { ($0, of($0)) }
    groups.append(
      ("abrupt and variance", trials.filter { Self.abrupt.contains($0.stream.generator) }))
    groups.append(("all", trials))
    table.rows = groups.map { name, trials in
      let detections = [
        trials.map(\.network), trials.map(\.adwin), trials.map(\.pageHinkley),
      ].map { $0.reduce(Detection(), +) }
      return [.text(name), .count(detections[0].drifts)]
        + detections.flatMap { detection -> [Table.Cell] in
          [
            .number(median(detection.delays)),
            .number(Double(detection.missed) / Double(detection.drifts)),
            .number(detection.falseRate),
          ]
        }
    }
    return table
  }

  private func falseAlarms() -> Table {
    var table = Table(
      "false_alarms", "False alarms by what the network announced",
      columns: [.init("kind", "kind"), .init("count", "count"), .init("per_10000", "in 10,000")])
    let quiet = trials.reduce(0) { $0 + $1.network.quietEvents }
    table.rows = [Drift.Kind.level, .trend, .variance, .dynamics].map { kind in
      let count = trials.reduce(0) { $0 + $1.falseKinds.count { $0 == kind } }
      return [
        .text("\(kind)"), .count(count), .number(Double(count) / Double(quiet) * 10_000),
      ]
    }
    return table
  }

  private func recoveries() -> Table {
    let columns = ["SPN", "RLS"].flatMap { name -> [Table.Column] in
      let key = name.lowercased()
      return [
        .init("\(key)_median", "\(name): median", decimals: 0),
        .init("\(key)_mean", "mean", decimals: 0),
        .init("\(key)_excess100", "error in 100", decimals: 3),
        .init("\(key)_excess300", "in 300", decimals: 3),
      ]
    }
    var table = Table(
      "recovery", "Recovery of the forecast (RLS: AR(8) + season, forgetting 0.998)",
      columns: [.init("stream", "stream")] + columns)
    let judged = trials.filter { $0.stream.hasRecovery && !$0.stream.drifts.isEmpty }
    let groups = generators.map { name in (name, judged.filter { $0.stream.generator == name }) }
    table.rows = (groups.filter { !$0.1.isEmpty } + [("all", judged)]).map { name, trials in
      [.text(name)]
        + [trials.map(\.recovery), trials.map(\.baseline)].flatMap { recoveries -> [Table.Cell] in
          let visits = recoveries.flatMap(\.visits)
          return [
            .number(median(visits.map(\.events))), .number(mean(visits.map(\.events))),
            .number(mean(visits.map(\.excess100))), .number(mean(visits.map(\.excess300))),
          ]
        }
    }
    return table
  }

  private func returns() -> Table {
    var table = Table(
      "recurrence", "Regimes that return, the first visit against later ones",
      columns: [
        .init("stream", "stream"), .init("first", "first: events", decimals: 1),
        .init("later", "later: events", decimals: 1), .init("speedup", "times faster", decimals: 1),
        .init("first_cost", "first: cost", decimals: 1),
        .init("later_cost", "later: cost", decimals: 1),
        .init("saving", "times cheaper", decimals: 1),
      ])
    let names = generators.filter { of($0).contains { $0.stream.cycle > 0 } }
    table.rows = names.map { name in
      let visits = of(name).flatMap(\.recovery.visits)
      let first = visits.filter { !$0.isReturn }
      let later = visits.filter(\.isReturn)
      let events = (mean(first.map(\.events)), mean(later.map(\.events)))
      let costs = (mean(first.map(\.cost)), mean(later.map(\.cost)))
      return [
        .text(name), .number(events.0), .number(events.1), .number(events.0 / events.1),
        .number(costs.0), .number(costs.1), .number(costs.0 / costs.1),
      ]
    }
    return table
  }
}
