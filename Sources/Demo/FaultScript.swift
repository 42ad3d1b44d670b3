import Evaluation

/// Every fault of a run, known before it starts: the truth that the results are judged by.
package struct FaultScript: Sendable {
  /// Events of a sensor from the end of one fault's recovery to the start of its next fault, at
  /// least.
  package static let gapEvents = 720
  /// Events of a sensor between two faults beyond the least gap, on average.
  private static let meanWaitEvents = 3_500.0
  /// The share of a run that is left to learning, and the most events that it may take: five days
  /// of the plant.
  private static let learningShare = 0.4
  private static let learningEventsMax = 1_440

  /// The first event of every sensor at which something may go wrong.
  package let learningEvents: Int
  /// The faults of each sensor in order of their start.
  package let faults: [[Fault]]

  /// A script from known faults.
  package init(sensors: Int, learningEvents: Int, faults: [Fault]) {
    self.learningEvents = learningEvents
    self.faults = (0..<sensors).map { sensor in
      faults.filter { $0.sensor == sensor }.sorted { $0.start < $1.start }
    }
  }

  /// The script of a run of `events` events a sensor, the same for the same seed and length.
  package init(sensors: Int, events: Int, seed: UInt64) {
    let learning = min(Int(Self.learningShare * Double(events)), Self.learningEventsMax)
    learningEvents = learning
    var generator = SplitMix64(seed: seed ^ 0xFA17_5C21_97B0_0D1E)
    faults = (0..<sensors).map { sensor in
      Self.faults(of: sensor, from: learning, until: events, generator: &generator)
    }
  }

  /// All faults, sensor by sensor.
  package var all: [Fault] { faults.flatMap { $0 } }

  /// What is wrong with `sensor` at its event `tick`.
  package func effect(sensor: Int, tick: Int) -> Fault.Effect {
    var effect = Fault.Effect()
    for fault in faults[sensor] { fault.apply(to: &effect, tick: tick) }
    return effect
  }

  private static func faults(
    of sensor: Int, from first: Int, until end: Int, generator: inout SplitMix64
  ) -> [Fault] {
    var faults: [Fault] = []
    var start = first + Int(generator.exponential(mean: meanWaitEvents))
    var level = 0.0
    while start < end {
      let fault = draw(sensor: sensor, start: start, level: level, generator: &generator)
      if fault.isLasting { level += fault.size }
      // A fault whose window the run does not reach could be neither found nor missed.
      guard fault.window.upperBound <= end else { break }
      faults.append(fault)
      start =
        fault.recovery.upperBound + gapEvents
        + Int(generator.exponential(mean: meanWaitEvents))
    }
    return faults
  }

  private static func draw(
    sensor: Int, start: Int, level: Double, generator: inout SplitMix64
  ) -> Fault {
    let kind = Fault.Kind.allCases[generator.integer(in: 0...(Fault.Kind.allCases.count - 1))]
    let isUpward = generator.uniform() < 0.5
    // Lasting changes go back and forth, else the level of a long run would leave what the sensor
    // can report.
    let sign = level > 0 ? -1.0 : level < 0 ? 1 : isUpward ? 1 : -1
    let lasts = generator.uniform() < 0.5
    let (events, size): (ClosedRange<Int>, Double) =
      switch kind {
      case .levelShift: (90...150, sign * generator.uniform(in: 3...6))
      case .ramp: (100...160, sign * generator.uniform(in: 4...6))
      case .variance: (120...180, 4)
      case .stuck: (60...120, 0)
      case .spike: (1...3, sign * generator.uniform(in: 5...8))
      }
    return Fault(
      sensor: sensor, kind: kind, start: start, end: start + generator.integer(in: events),
      size: size, isLasting: lasts && (kind == .levelShift || kind == .ramp))
  }
}
