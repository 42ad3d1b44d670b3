internal import SPN

extension Counters {
  /// Counts one value's prediction, and what the budget allows for the time that it took to come.
  ///
  /// - Parameter allowed: alarms.
  mutating func count(_ outcome: borrowing Outcome, allowed: Double) {
    alarmsAllowed += allowed
    guard outcome.lower.isFinite, outcome.upper.isFinite else { return }
    predictedValues += 1
    if outcome.lower <= outcome.value, outcome.value <= outcome.upper { coveredValues += 1 }
    let unit = (outcome.upper - outcome.lower) / 2
    guard unit > 0, outcome.last.isFinite else { return }
    forecastErrors += min(abs(outcome.value - outcome.prediction) / unit, Self.errorMax)
    naiveErrors += min(abs(outcome.value - outcome.last) / unit, Self.errorMax)
  }

  /// What one value's error counts at most, so that an anomaly does not hide all others.
  private static var errorMax: Double { 10 }

  /// Counts an anomaly that opened.
  mutating func countAnomaly(_ severity: AlertState.Severity) {
    anomalies += 1
    anomaliesBySeverity[Int(severity.rawValue)] &+= 1
  }

  /// Counts evidence beyond the level that raised no alarm.
  mutating func countSuppressed(_ reason: AlertState.Suppression) {
    suppressedByReason[Int(reason.rawValue)] &+= 1
  }

  /// Counts a drift.
  mutating func countDrift(_ kind: Drift.Kind) {
    drifts += 1
    driftsByKind[Int(kind.rawValue)] &+= 1
  }

  /// Counts troubles of one kind that began.
  mutating func countTroubles(_ kind: HealthKind, _ count: Int = 1) {
    guard let place = HealthKind.allCases.firstIndex(of: kind) else { return }
    troublesByKind[place] &+= Int64(count)
  }

  /// Counts a dead letter's reason.
  mutating func countRejection(_ code: Rejection.Code) {
    guard let place = Rejection.Code.allCases.firstIndex(of: code) else { return }
    rejections[place] &+= 1
  }

  /// Anomalies opened, by the name of their severity.
  public var anomalyCounts: [(name: String, count: Int64)] {
    (UInt8(0)...2).compactMap { AlertState.Severity(rawValue: $0) }.map {
      (String(describing: $0.name), anomaliesBySeverity[Int($0.rawValue)])
    }
  }

  /// Values whose evidence raised no alarm, by the reason.
  public var suppressedCounts: [(name: String, count: Int64)] {
    AlertState.Suppression.allCases.map {
      (String(describing: $0.name), suppressedByReason[Int($0.rawValue)])
    }
  }

  /// Drifts by the name of their kind.
  public var driftCounts: [(name: String, count: Int64)] {
    (UInt8(0)...7).compactMap { Drift.Kind(rawValue: $0) }.map {
      ($0.name, driftsByKind[Int($0.rawValue)])
    }
  }

  /// Troubles with streams' data that began, by the name of their kind.
  public var troubleCounts: [(name: String, count: Int64)] {
    HealthKind.allCases.enumerated().map { ($1.rawValue, troublesByKind[$0]) }
  }

  /// Dead letters by the code of their reason.
  public var rejectionCounts: [(name: String, count: Int64)] {
    Rejection.Code.allCases.enumerated().map { ($1.rawValue, rejections[$0]) }
  }
}

extension AlertState.Suppression {
  fileprivate var name: StaticString {
    switch self {
    case .warmUp: "warm_up"
    case .habituation: "habituation"
    case .policy: "policy"
    }
  }
}
