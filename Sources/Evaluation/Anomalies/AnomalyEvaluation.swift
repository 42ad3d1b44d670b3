/// How well anomalies are found in labelled series.
package struct AnomalyEvaluation: Sendable {
  package let trials: [AnomalyTrial]
  private let settings: Settings

  /// The fixed alarm level, as a score.
  static let fixedThreshold: Float = 0.5

  /// Runs all series.
  package init(_ corpus: [LabelledSeries], _ settings: Settings, _ workforce: Workforce) {
    self.settings = settings
    trials = workforce.map(corpus, what: "running series") { AnomalyTrial($0, settings) }
  }

  /// Categories, then collections, then everything: each a row.
  private var scopes: [(name: String, trials: [AnomalyTrial])] {
    let categories = unique(trials.map(\.labelled.category))
    let collections = unique(trials.map(\.labelled.collection))
    var scopes = categories.map { name in (name, trials.filter { $0.labelled.category == name }) }
    if collections.count > 1, collections.count < categories.count {
      scopes += collections.map { name in
        ("\(name)_*", trials.filter { $0.labelled.collection == name })
      }
    }
    return scopes + [("all", trials)]
  }

  private func unique(_ names: [String]) -> [String] { Set(names).sorted() }

  /// The tables.
  package func report(_ workforce: Workforce) -> Report {
    let rows = workforce.map(scopes) { scope in
      (scoreRow(scope.name, scope.trials), alarmRow(scope.name, scope.trials))
    }
    var scores = Table(
      "scores", "Scores by the rules of NAB v1.1, and at the fixed level of 0.5",
      columns: Self.scoreColumns)
    var alarms = Table(
      "alarms", "Alarms with the budget of \(budgetPerWeek.fixed(2)) per stream and week",
      columns: Self.alarmColumns)
    scores.rows = rows.map(\.0)
    alarms.rows = rows.map(\.1)
    var report = Report("anomalies")
    report.tables = [scores, alarms]
    return report
  }

  private var budgetPerWeek: Double { settings.alerts.budget.perSecond * 604_800 }

  private static let scoreColumns: [Table.Column] = [
    .init("name", "category"), .init("files", "files"), .init("windows", "windows"),
    .init("standard", "standard"), .init("low_fp", "low FP"), .init("low_fn", "low FN"),
    .init("threshold", "at", decimals: 3), .init("standard_fixed", "standard at 0.5"),
    .init("standard_crossed", "cross-validated"), .init("precision", "precision"),
    .init("recall", "recall"), .init("delay", "delay", decimals: 0), .init("vus_pr", "VUS-PR"),
  ]

  private func scoreRow(_ name: String, _ trials: [AnomalyTrial]) -> [Table.Cell] {
    let entries = trials.map(\.entry)
    let best = NABScore.best(entries, .standard)
    let found = Hits(entries, Self.fixedThreshold)
    let volumes = trials.map(\.volume).filter(\.isFinite)
    return [
      .text(name), .count(entries.count), .count(NABScore.windowCount(entries)),
      .number(best.value), .number(NABScore.best(entries, .lowFalsePositives).value),
      .number(NABScore.best(entries, .lowFalseNegatives).value),
      .number(best.value.isNaN ? .nan : Double(best.threshold)),
      .number(NABScore.at(Self.fixedThreshold, entries, .standard).value),
      .number(crossValidated(trials)), .number(found.precision), .number(found.recall),
      .number(median(found.delays)), .number(mean(volumes)),
    ]
  }

  /// The standard score where each category is judged at the threshold that suits the others best.
  private func crossValidated(_ trials: [AnomalyTrial]) -> Double {
    let categories = unique(trials.map(\.labelled.category))
    guard categories.count > 1 else { return .nan }
    var total = 0.0
    for category in categories {
      let others = trials.filter { $0.labelled.category != category }.map(\.entry)
      let threshold = NABScore.best(others, .standard).threshold
      for trial in trials where trial.labelled.category == category {
        total += NABScore.raw(trial.entry, threshold, .standard)
      }
    }
    let windows = NABScore.windowCount(trials.map(\.entry))
    return NABScore.normalised(total, windows: windows, .standard)
  }

  private static let alarmColumns: [Table.Column] = [
    .init("name", "category"), .init("found", "windows found"), .init("recall", "recall"),
    .init("delay", "delay", decimals: 0), .init("outside", "alarms outside"),
    .init("weeks", "stream weeks", decimals: 1), .init("per_week", "per week"),
    .init("budget_used", "of the budget"),
    .init("raised_share", "time above the fixed level"),
    .init("raised_budget_used", "of the budget there"),
  ]

  private func alarmRow(_ name: String, _ trials: [AnomalyTrial]) -> [Table.Cell] {
    let count = trials.map(\.alarms).reduce(AlarmCount(), +)
    let rate = Double(count.outside) / count.weeks
    let raisedRate = Double(count.outsideRaised) / count.weeksRaised
    return [
      .text(name), .count(count.found), .number(Double(count.found) / Double(count.windows)),
      .number(median(count.delays)), .count(count.outside), .number(count.weeks), .number(rate),
      .number(rate / budgetPerWeek), .number(count.weeksRaised / count.weeks),
      .number(raisedRate / budgetPerWeek),
    ]
  }
}

/// What is found at one threshold.
private struct Hits {
  /// The share of alarms that are in a window.
  var precision = 0.0
  /// The share of windows with an alarm.
  var recall = 0.0
  /// Events from the beginning of each found window to its first alarm.
  var delays: [Double] = []

  init(_ entries: [NABEntry], _ threshold: Float) {
    var inside = 0
    var outside = 0
    for entry in entries {
      var last: Int32 = -1
      var start = 0
      for i in entry.scores.indices {
        if i == 0 || entry.windows[i] != entry.windows[i - 1] { start = i }
        guard entry.windows[i] != -2, entry.scores[i] >= threshold else { continue }
        let window = entry.windows[i]
        if window < 0 { outside += 1 } else { inside += 1 }
        if window >= 0, window != last { delays.append(Double(i - start)) }
        last = window >= 0 ? window : last
      }
    }
    let windows = NABScore.windowCount(entries)
    precision = inside + outside > 0 ? Double(inside) / Double(inside + outside) : .nan
    recall = windows > 0 ? Double(delays.count) / Double(windows) : .nan
  }
}
