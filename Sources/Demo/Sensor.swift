import Evaluation
import Glibc

/// One sensor of the simulated plant: a level, a daily rhythm, noise with memory, and what goes
/// wrong with it.
package struct Sensor: Sendable {
  /// One wave of the daily rhythm.
  private struct Wave: Sendable {
    let perDay: Double
    let amplitude: Double
    let phase: Double
  }

  /// The stream's name, for instance `plant/temp-017`.
  package let name: String
  /// The standard deviation of rhythm and noise together, in the sensor's unit: the measure of its
  /// faults.
  package let deviation: Double

  private let level: Double
  private let waves: [Wave]
  private let weekendFactor: Double
  private let noise: Double
  private let persistence: Double
  private let driftPerDay: Double
  /// The step between two values that the sensor can report.
  private let quantum: Double
  private var generator: SplitMix64
  /// The part of the noise that remembers, with standard deviation `noise`.
  private var memory = 0.0
  private var reported = 0.0

  /// The sensor with this number of the plant grown from `seed`.
  package init(number: Int, seed: UInt64) {
    // The seed is stirred first, so that neighbouring numbers and seeds share nothing.
    var stir = SplitMix64(seed: seed)
    var generator = SplitMix64(
      seed: stir.next() &+ UInt64(truncatingIfNeeded: number) &* 0xA24B_AED4_963E_E407)
    let kind = SensorKind.all[number % SensorKind.all.count]
    name = "plant/\(kind.name)-\(Self.padded(number))"
    level = generator.uniform(in: kind.level)
    let amplitude = level * generator.uniform(in: kind.rhythm)
    waves = [1.0, 2.0, 3.0].map { perDay in
      Wave(
        perDay: perDay,
        amplitude: amplitude * (perDay == 1 ? 1 : generator.uniform(in: 0.05...0.35) / perDay),
        phase: generator.uniform(in: 0...(2 * Double.pi)))
    }
    noise = amplitude * generator.uniform(in: kind.noise)
    persistence = generator.uniform(in: kind.persistence)
    weekendFactor =
      generator.uniform() < kind.weekly ? generator.uniform(in: 0.85...0.95) : 1
    driftPerDay = noise * generator.uniform(in: -0.03...0.03)
    let isCoarse = generator.uniform() < kind.coarse
    quantum = Self.quantum(about: noise * (isCoarse ? 0.5 : 0.01))
    deviation = (waves.reduce(noise * noise) { $0 + $1.amplitude * $1.amplitude / 2 }).squareRoot()
    self.generator = generator
  }

  /// What the sensor reports at `tick`, the number of its event from 0; ticks must come in order.
  package mutating func sample(tick: Int, effect: Fault.Effect) -> Double {
    let day = Double(tick) / Double(Plant.ticksPerDay)
    let fresh = generator.normal()
    let innovation = (1 - persistence * persistence).squareRoot()
    memory = persistence * memory + innovation * noise * fresh
    // A stuck sensor reports its last value while the world behind it goes on.
    if effect.isStuck { return reported }
    let physical =
      level + rhythm(day: day) + driftPerDay * day + memory * effect.noiseFactor
      + effect.offset * deviation
    // Nothing that these sensors measure can be negative.
    reported = max(0, (physical / quantum).rounded() * quantum)
    // Multiples of a decimal step are not exact in binary; the printed digits should be.
    reported = (reported * 1e6).rounded() / 1e6
    return reported
  }

  private func rhythm(day: Double) -> Double {
    let isWeekend = Int(day) % 7 >= 5
    let sum = waves.reduce(0) {
      $0 + $1.amplitude * sin(2 * Double.pi * $1.perDay * day + $1.phase)
    }
    return isWeekend ? sum * weekendFactor : sum
  }

  /// The decimal step (1, 2 or 5 times a power of ten) next below `size`, at least a millionth.
  private static func quantum(about size: Double) -> Double {
    let decade = pow(10, floor(log10(max(size, 1e-6))))
    let step = [5.0, 2, 1].first { $0 * decade <= size } ?? 1
    return max(step * decade, 1e-6)
  }

  private static func padded(_ number: Int) -> String {
    let digits = String(number)
    return String(repeating: "0", count: max(0, 3 - digits.count)) + digits
  }
}
