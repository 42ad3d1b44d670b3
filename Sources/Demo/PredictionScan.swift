/// Finds the numbers of one chart point in a prediction's JSON without building anything.
///
/// Every prediction passes here, so that a chart can show what came before an alarm; the full
/// parser would cost more than the model. For display alone: text inside strings is not told apart.
package enum PredictionScan {
  /// The point of a prediction with one channel; nil where the text has no finite value.
  package static func point(in json: Span<UInt8>) -> Chart.Point? {
    var point = Chart.Point(value: .nan, lower: .nan, upper: .nan)
    var index = 0
    while index < json.count {
      guard json[index] == UInt8(ascii: "\"") else {
        index += 1
        continue
      }
      if let end = end(of: "\"value\":", in: json, at: index) {
        point.value = number(in: json, at: end)
        index = end
      } else if let end = end(of: "\"lower\":", in: json, at: index) {
        point.lower = number(in: json, at: end)
        index = end
      } else if let end = end(of: "\"upper\":", in: json, at: index) {
        point.upper = number(in: json, at: end)
        index = end
      } else if let end = end(of: "\"anomaly\":", in: json, at: index) {
        point.isAnomaly = end < json.count && json[end] == UInt8(ascii: "t")
        // What follows is the forecast of the next event, whose numbers have the same names.
        break
      } else {
        index += 1
      }
    }
    return point.value.isFinite ? point : nil
  }

  private static func end(of name: StaticString, in json: Span<UInt8>, at start: Int) -> Int? {
    let count = name.utf8CodeUnitCount
    guard start + count <= json.count else { return nil }
    // The address is that of a literal, which the program holds for ever.
    for offset in 0..<count where unsafe name.utf8Start[offset] != json[start + offset] {
      return nil
    }
    return start + count
  }

  /// The decimal number that starts here, not always to the last bit; NaN for anything else.
  private static func number(in json: Span<UInt8>, at start: Int) -> Double {
    var index = start
    let isNegative = index < json.count && json[index] == UInt8(ascii: "-")
    if isNegative { index += 1 }
    var value = 0.0
    var digits = 0
    var scale = 1.0
    var isFraction = false
    while index < json.count {
      let byte = json[index]
      if byte == UInt8(ascii: "."), !isFraction {
        isFraction = true
      } else if UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte {
        value = value * 10 + Double(byte - UInt8(ascii: "0"))
        if isFraction { scale *= 10 }
        digits += 1
      } else {
        break
      }
      index += 1
    }
    guard digits > 0 else { return .nan }
    value = isNegative ? -value / scale : value / scale
    return value * exponent(in: json, at: index)
  }

  /// The power of ten of an exponent that starts here, 1 where there is none.
  private static func exponent(in json: Span<UInt8>, at start: Int) -> Double {
    guard start + 1 < json.count, json[start] | 0x20 == UInt8(ascii: "e") else { return 1 }
    let isNegative = json[start + 1] == UInt8(ascii: "-")
    var index = start + (isNegative || json[start + 1] == UInt8(ascii: "+") ? 2 : 1)
    var power = 0
    while index < json.count, UInt8(ascii: "0")...UInt8(ascii: "9") ~= json[index], power < 400 {
      power = power * 10 + Int(json[index] - UInt8(ascii: "0"))
      index += 1
    }
    var factor = 1.0
    for _ in 0..<min(power, 400) { factor *= 10 }
    return isNegative ? 1 / factor : factor
  }
}
