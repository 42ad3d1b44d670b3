import Glibc

/// Made-up streams without noise: machines that run through one program again and again, and wait
/// now and then.
enum RepeatingStream {
  private static let eventCount = 2000

  /// A program of 12 to 200 events, by the minute: plateaus, a wave or values in no order. After
  /// one run in four it waits for up to 30 events, so that no lag is its period for long.
  static func make(seed: UInt64) -> Series {
    var random = SplitMix64(seed: seed)
    let program = program(&random)
    var values: [Double] = []
    while values.count < eventCount {
      values += program
      guard random.uniform() < 0.25 else { continue }
      values += Array(
        repeating: program[program.count - 1], count: random.integer(in: 1...30))
    }
    return Series(
      name: "repeating/\(seed)", values: Array(values.prefix(eventCount)), start: 1_700_000_000,
      spacing: 60)
  }

  private static func program(_ random: inout SplitMix64) -> [Double] {
    let count = random.integer(in: 12...200)
    switch random.integer(in: 0...2) {
    case 0:
      var values: [Double] = []
      while values.count < count {
        let level = 10 * random.normal()
        values += Array(repeating: level, count: random.integer(in: 1...20))
      }
      return values
    case 1:
      let turns = Double(random.integer(in: 1...3))
      return (0..<count).map { event in
        let angle = 2 * Double.pi * Double(event) / Double(count)
        return 10 * sin(turns * angle) + 4 * sin(2 * angle + 1)
      }
    default:
      return (0..<count).map { _ in 10 * random.normal() }
    }
  }
}
