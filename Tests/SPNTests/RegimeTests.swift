import SPN
import Testing

/// A regime that returns is known again, however long ago it was.
struct RegimeTests {
  private static let segment = 1200

  /// One regime for 1,200 events, another for `between`, and the first again.
  private func values(seed: UInt64, between: Int, isSeasonal: Bool) -> [Double] {
    var noise = Noise(seed: 900 + seed)
    let patterns = (0..<2).map { _ in (0..<24).map { _ in 2 * noise.normal() } }
    var last = 0.0
    return (0..<(2 * Self.segment + between)).map { i in
      let isOther = i >= Self.segment && i < Self.segment + between
      if isSeasonal { return patterns[isOther ? 1 : 0][i % 24] + 0.7 * noise.normal() }
      last = 0.6 * last + noise.normal()
      return last + (isOther ? 12 : 0)
    }
  }

  /// The mean error of the 60 events after the return's first, in the error there later.
  private func errorOfReturn(_ values: [Double], _ components: Components) -> Double {
    let found = outcomes(of: values, network: Network(channels: 1, components: components))
    let start = values.count - Self.segment
    func error(_ events: Range<Int>) -> Double {
      events.reduce(0) { $0 + abs(found[$1].prediction - values[$1]) } / Double(events.count)
    }
    return error((start + 1)..<(start + 60)) / error((start + 600)..<values.count)
  }

  @Test(arguments: [false, true], [2000, 100_000])
  func aRegimeIsNotForgotten(_ isSeasonal: Bool, _ between: Int) {
    var (with, without) = (0.0, 0.0)
    for seed in 1...4 as ClosedRange<UInt64> {
      let values = values(seed: seed, between: between, isSeasonal: isSeasonal)
      with += errorOfReturn(values, .all) - 1
      without += errorOfReturn(values, .all.subtracting(.regimeMemory)) - 1
    }
    #expect(with < 0.75 * without, "\(with / 4) without memory \(without / 4)")
  }
}
