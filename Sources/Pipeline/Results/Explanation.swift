internal import SPN

/// What happened, in a sentence that an operator can read at three in the morning.
enum Explanation {
  static func anomaly(
    _ change: AlertState.Change, _ alert: AlertState, _ outcome: Outcome, attribution: Attribution
  ) -> String {
    switch change {
    case .resolved(.returned):
      return "back to \(short(outcome.value)), near the \(short(alert.expectedAtOpen)) that was "
        + "expected before; the peak was \(short(alert.peakValue))"
    case .resolved(.learned):
      return "stays at \(short(outcome.value)) instead of \(short(alert.expectedAtOpen)) and has "
        + "been learned as normal"
    case .resolved(.upgraded):
      return "ends, for the model goes on by the formulas of another version; the peak was "
        + "\(short(alert.peakValue))"
    case .none, .opened, .updated, .suppressed:
      let side = outcome.value >= outcome.expected ? "above" : "below"
      return "\(short(outcome.value)) is \(side) the \(short(outcome.expected)) that is usual at "
        + "this time; \(reason(attribution))"
    }
  }

  static func drift(_ outcome: Outcome) -> String {
    guard let drift = outcome.drift else {
      return "behaves as it did in an earlier regime; memory \(outcome.recalledMemory ?? 1) was "
        + "recalled"
    }
    let change = "from \(short(drift.before)) to \(short(drift.after))"
    let since = "\(drift.age) events ago"
    switch drift.kind {
    case .level: return "the level moved \(change), beginning \(since)"
    case .trend: return "a trend began \(since) and took the level \(change)"
    case .variance: return "the size of the noise went \(change), beginning \(since)"
    default: return "the \(drift.kind.name) changed \(since)"
    }
  }

  private static func reason(_ attribution: Attribution) -> String {
    let strongest = attribution.evidence.max { $0.sum < $1.sum }
    guard let strongest else { return "nothing like it was seen lately" }
    switch strongest.name {
    case "contrast": return "it broke away from the events just before it"
    case "lasting": return "the last few events together were unlike their context"
    case "flat": return "it has stood still for longer than it ever did"
    default: return "nothing near it was seen in this context lately"
    }
  }

  /// A number with four significant digits, as people write it.
  static func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "nothing" }
    let size = abs(value)
    guard size < 1e9, size >= 1e-6 else { return "\(Float(value))" }
    var decimals = 1.0
    while size * decimals < 1000, decimals < 1e9 { decimals *= 10 }
    let text = "\((value * decimals).rounded() / decimals)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}

extension Outcome {
  /// The regime memory that was recalled, counted from 1 as everywhere outside of the network.
  var recalledMemory: Int? { recalled.map { $0 + 1 } }
}

extension Attribution.Evidence {
  /// What this part adds to the evidence.
  var sum: Double { novelty + magnitude }
}
