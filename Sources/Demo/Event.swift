/// Writes the two kinds of input events as JSON.
package enum Event {
  /// An event of a plant's sensor.
  package static func plant(sensor: String, milliseconds: Int64, value: Double) -> String {
    "{\"sensor\":\"\(escaped(sensor))\",\"ts\":\(milliseconds),\"value\":\(value)}"
  }

  /// An event of this machine.
  package static func machine(
    host: String, metric: String, milliseconds: Int64, value: Double
  ) -> String {
    "{\"host\":\"\(escaped(host))\",\"metric\":\"\(escaped(metric))\","
      + "\"ts\":\(milliseconds),\"value\":\(value)}"
  }

  /// `text` as it stands between the quotes of a JSON string.
  package static func escaped(_ text: String) -> String {
    var result = ""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"", "\\": result += "\\\(scalar)"
      case _ where scalar.value < 0x20:
        let digits = String(scalar.value, radix: 16)
        result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
      default: result.unicodeScalars.append(scalar)
      }
    }
    return result
  }
}
