package import SPN

/// What each component of the network is worth: everything, then everything but one.
package enum AblationEvaluation {
  /// The components by name.
  package static let components: [(name: String, component: Components)] = [
    ("plastic head", .plasticHead), ("slow head", .slowHead),
    ("meta-plasticity", .metaPlasticity), ("regime memory", .regimeMemory),
    ("clock memory", .clockMemory), ("hour scale", .hourScale), ("attention", .attention),
    ("neuromodulation", .neuromodulation), ("structural plasticity", .structuralPlasticity),
    ("hidden units", .hiddenUnits), ("messages", .messages), ("episodic recall", .episodicRecall),
    ("conformal interval", .conformal), ("quarantine", .quarantine),
    ("re-anchoring", .reanchoring), ("flat runs", .flatRuns),
    ("context residual", .contextResidual), ("contrast", .contrast),
    ("lasting residual", .lastingResidual), ("magnitude", .magnitude),
    ("rate prior", .ratePrior), ("tonic surprise", .tonic),
  ]

  /// The table: a row for the whole network, and one for each component that is switched off.
  package static func report(
    _ streams: AblationStreams, _ settings: Settings, _ workforce: Workforce
  ) -> Report {
    let whole = AblationRun(streams, settings, name: "everything", workforce).measures
    var table = Table(
      "ablation", "What is lost without each component",
      columns: [.init("without", "without")] + whole.map(\.column) + [.init("earns", "it earns")])
    table.rows = [
      [.text("(everything)")] + whole.map { .number($0.value) } + [.text("")]
    ]
    for (name, component) in components {
      var settings = settings
      settings.components.remove(component)
      let rest = AblationRun(streams, settings, name: "without \(name)", workforce).measures
      let differences = zip(whole, rest).map { $0.difference(to: $1) }
      let earned = zip(whole, differences).filter { $0.isLoss($1) }.map(\.0.column.title)
      table.rows.append(
        [.text(name)] + differences.map { .difference($0) }
          + [.text(earned.joined(separator: ", "))])
    }
    var report = Report("ablation")
    report.tables = [table]
    report.notes = [
      "Below the first row: what changes when the component is off, with the 95 % interval of the"
        + " paired bootstrap over streams. A component earns a measure where the interval says that"
        + " the network is worse without it. Errors after drifts and returns: the mean of the first"
        + " 100 events, in the error of a model that has only seen the regime; false alarms in"
        + " 10,000 events. Followers do what another stream of their made-up group has just done;"
        + " repeating streams run through one program without noise, again and again."
    ]
    return report
  }
}
