/// Forecasts of several steps: a gate for each of a few horizons, the forecasts that wait for their
/// outcome, and the iterated path of the neurons.
///
/// It lies behind its channel in the stream's block and is sized by the horizon; with a horizon of
/// 0 or 1 it takes no bytes. Steps between two gates use both, interpolated in the logarithm of the
/// step. In order: the anchor that values are relative to (8 bytes of 64), the gates, for each gate
/// a ring of as many waiting forecasts as it looks ahead, the path.
@safe struct Forecaster {
  /// The longest horizon.
  static let horizonMax = 96

  private let base: UnsafeMutableRawPointer
  /// Steps ahead, 2…96.
  let horizon: Int

  /// Uses the bytes behind a channel, which must outlive this.
  @unsafe
  init(_ base: UnsafeMutableRawPointer, horizon: Int) {
    unsafe self.base = base
    self.horizon = horizon
  }

  /// Bytes of a forecaster, a multiple of 64.
  static func byteCount(horizon: Int) -> Int {
    guard horizon > 1 else { return 0 }
    return (pathOffset(horizon) + horizon * MemoryLayout<Float>.stride + 63) & ~63
  }

  /// The number of gates.
  var gateCount: Int { Self.gateCount(horizon) }

  /// How many steps ahead a gate looks.
  func steps(_ gate: Int) -> Int { Self.steps(gate, horizon) }

  // The bytes were sized for this horizon by `byteCount`, and all types in them are trivial.

  /// One gate.
  func gate(_ index: Int) -> UnsafeMutablePointer<HorizonGate> {
    precondition(index >= 0 && index < gateCount)
    return unsafe (base + Self.gatesOffset).assumingMemoryBound(to: HorizonGate.self) + index
  }

  /// What the experts of a gate said at an event; kept for as many events as the gate looks ahead.
  func said(_ gate: Int, at eventIndex: Int64) -> UnsafeMutablePointer<HorizonExperts> {
    precondition(gate >= 0 && gate < gateCount && eventIndex >= 0)
    var entry = Int(eventIndex % Int64(steps(gate)))
    for before in 0..<gate { entry += steps(before) }
    let ring = unsafe base + Self.ringsOffset(horizon)
    return unsafe ring.assumingMemoryBound(to: HorizonExperts.self) + entry
  }

  /// What the neurons predict for a step ahead, 1…horizon, relative to the anchor.
  subscript(step: Int) -> Float {
    get { unsafe path(step).pointee }
    nonmutating set { unsafe path(step).pointee = newValue }
  }

  /// Brings all values to another anchor.
  func move(to anchor: Double) {
    let old = unsafe base.load(as: Double.self)
    guard anchor != old else { return }
    unsafe base.storeBytes(of: anchor, as: Double.self)
    for gate in 0..<gateCount {
      for i in 0..<steps(gate) {
        unsafe said(gate, at: Int64(i)).pointee.shift(by: Float(anchor - old))
      }
    }
  }

  /// The gates at and beyond a step, and the second one's part.
  func gates(for step: Int) -> (lower: Int, upper: Int, part: Float) {
    var upper = 0
    while steps(upper) < step { upper += 1 }
    guard upper > 0, steps(upper) > step else { return (upper, upper, 0) }
    let from = Functions.log(Double(steps(upper - 1)))
    let part = (Functions.log(Double(step)) - from) / (Functions.log(Double(steps(upper))) - from)
    return (upper - 1, upper, Float(part))
  }

  private func path(_ step: Int) -> UnsafeMutablePointer<Float> {
    precondition(step >= 1 && step <= horizon)
    let path = unsafe base + Self.pathOffset(horizon)
    return unsafe path.assumingMemoryBound(to: Float.self) + (step - 1)
  }

  private static var gateSteps: InlineArray<7, Int> { [2, 3, 6, 12, 24, 48, 96] }

  private static func steps(_ gate: Int, _ horizon: Int) -> Int { min(gateSteps[gate], horizon) }

  private static func gateCount(_ horizon: Int) -> Int {
    var count = 1
    while gateSteps[count - 1] < horizon { count += 1 }
    return count
  }

  private static var gatesOffset: Int { 64 }

  private static func ringsOffset(_ horizon: Int) -> Int {
    gatesOffset + gateCount(horizon) * MemoryLayout<HorizonGate>.stride
  }

  private static func pathOffset(_ horizon: Int) -> Int {
    var entries = 0
    for gate in 0..<gateCount(horizon) { entries += steps(gate, horizon) }
    return ringsOffset(horizon) + entries * MemoryLayout<HorizonExperts>.stride
  }
}
