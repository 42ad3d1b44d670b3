internal import Pipeline
internal import SPN

extension EventExplanation {
  /// The explanation in words.
  package var text: String {
    var lines = [
      "\(stream), \(channel), offset \(offset), \(timeText(time.nanoseconds)) UTC", "", summary, "",
      "What made the expectation: each part's forecast, and its share in the mixture",
    ]
    lines += expertLines
    lines += ["", "What moved the plastic neuron's forecast away from the last value"] + inputLines
    lines += ["", "What made the score of \(Double(outcome.score).fixed(3)): \(verdict)"]
    lines += evidenceLines
    return lines.joined(separator: "\n")
  }

  private var summary: String {
    guard !outcome.prediction.isNaN else {
      return
        "The value was \(short(outcome.value)). It is the stream's first: nothing was expected."
    }
    let isInside = outcome.lower <= outcome.value && outcome.value <= outcome.upper
    return
      "The value was \(short(outcome.value)); \(short(outcome.prediction)) was expected, between"
      + " \(short(outcome.lower)) and \(short(outcome.upper)) in \(short(coverage * 100)) % of cases."
      + " It is \(isInside ? "inside" : "outside"), and usual at this time is"
      + " \(short(outcome.expected))."
  }

  private var expertLines: [String] {
    let shown = attribution.experts.filter { $0.weight >= 0.005 }.sorted { $0.weight > $1.weight }
    let rest = attribution.experts.filter { $0.weight < 0.005 }
    var rows = shown.map { expert in
      (expert.weight, expert.contribution, words(for: expert.name))
    }
    let weight = rest.reduce(0) { $0 + $1.weight }
    if weight > 0 { rows.append((weight, rest.reduce(0) { $0 + $1.contribution }, "all others")) }
    let lines = rows.map { weight, contribution, words in
      "  \((weight * 100).fixed(1).leading(5)) %  × \(short(contribution / weight).leading(12))"
        + " = \(short(contribution).leading(12))   \(words)"
    }
    let total = attribution.experts.reduce(0) { $0 + $1.contribution }
    return lines + ["  sum" + short(total).leading(35)]
  }

  private var inputLines: [String] {
    let moving = attribution.inputs.filter { $0.contribution != 0 }
    guard !moving.isEmpty else { return ["  nothing yet"] }
    let sorted = moving.sorted { abs($0.contribution) > abs($1.contribution) }
    let lines = sorted.prefix(8).map { input in
      "  \(signed(input.contribution).leading(12))   \(words(for: input.name))"
    }
    let rest = sorted.dropFirst(8).reduce(0) { $0 + $1.contribution }
    return lines + (sorted.count > 8 ? ["  \(signed(rest).leading(12))   all others"] : [])
  }

  private var verdict: String {
    let limit = Double(Pipeline.score(ofEvidence: level)).fixed(3)
    return isAlarm
      ? "an anomaly is open (the level is \(limit))" : "no anomaly is open (the level is \(limit))"
  }

  private var evidenceLines: [String] {
    let total = attribution.evidence.reduce(0) { $0 + $1.novelty + $1.magnitude }
    guard total > 0 else { return ["  nothing: such values are usual here"] }
    return attribution.evidence.map { part in
      let share = (part.novelty + part.magnitude) / total
      return
        "  \((share * 100).fixed(1).leading(5)) %   \(Self.evidenceWords[part.name] ?? part.name)"
        + ": novelty \(part.novelty.fixed(2)), size \(part.magnitude.fixed(2))"
    } + [
      "  sum \(total.fixed(2)); it would be \(Double(Outcome.alarmEvidence).fixed(2)) at a score of 0.5"
    ]
  }

  /// What each part of the evidence looks at.
  static let evidenceWords = [
    "context": "the distance from what is usual at this time of the day and week",
    "contrast": "the break with the events just before",
    "lasting": "the same distance, of the last few events together",
    "flat": "the length of a run of equal values",
  ]

  /// An expert or an input in words.
  func words(for name: String) -> String {
    let lag = name.split(separator: ".").first.flatMap { part in
      part.hasPrefix("lag") ? Int(part.dropFirst(3)).map { attribution.lags[$0 - 1] } : nil
    }
    if let lag {
      if name.hasSuffix(".step") { return "the step \(lag) events before (\(name))" }
      if name.hasSuffix(".level") { return "the level \(lag) events before (\(name))" }
      return "the value \(lag) events before (\(name))"
    }
    for (index, neighbour) in neighbours.enumerated() {
      guard let neighbour, name.hasPrefix("message\(index + 1).") else { continue }
      return name.hasSuffix(".step")
        ? "the last step of \(neighbour) (\(name))" : "the level of \(neighbour) (\(name))"
    }
    if let known = Self.knownWords[name] { return known }
    if name.hasPrefix("step"), let number = Int(name.dropFirst(4)) {
      return "the step \(number - 1) before the last"
    }
    for (prefix, words) in Self.prefixWords where name.hasPrefix(prefix) {
      return words + " " + name.dropFirst(prefix.count)
    }
    return name
  }

  private static let knownWords = [
    "slow": "the slow neuron", "plastic": "the plastic neuron", "persistence": "the last value",
    "median": "the running median", "clock": "the usual level at this hour of the week",
    "bias": "the constant", "episode": "what followed the last time it went like this",
    "clock.day": "the usual step at this quarter hour of the day",
    "clock.week": "the usual step at this hour of the week",
    "clock.level": "the usual level at this hour of the week", "step1": "the last step",
  ]
  private static let prefixWords = [

    ("level", "the mean of about the last"), ("regime", "regime memory"),
    ("hidden", "hidden unit"),
  ]
}

/// A number with five significant digits.
private func short(_ value: Double) -> String {
  guard value.isFinite, value != 0 else { return value == 0 ? "0" : "-" }
  let size = abs(value)
  guard size < 1e7, size >= 1e-4 else { return "\(Float(value))" }
  return value.fixed(size >= 1000 ? 1 : size >= 10 ? 2 : size >= 1 ? 3 : 5)
}

private func signed(_ value: Double) -> String { value > 0 ? "+" + short(value) : short(value) }

extension String {
  /// The text with spaces before it up to a width.
  fileprivate func leading(_ width: Int) -> String {
    String(repeating: " ", count: max(0, width - count)) + self
  }
}

/// A time as people write it, in UTC to the second.
func timeText(_ nanoseconds: Int64) -> String {
  var text = timestamp(nanoseconds).prefix(19)
  if let separator = text.firstIndex(of: "T") {
    text.replaceSubrange(separator...separator, with: " ")
  }
  return String(text)
}
