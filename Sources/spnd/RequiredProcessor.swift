import Glibc

/// Checks that the processor has what this build was compiled for.
///
/// Results are the same bytes on every machine because one instruction set is used everywhere.
func requireProcessor() throws(Failure) {
  #if arch(x86_64)
    let flags = processorFlags()
    // A system that does not tell is trusted.
    guard !flags.isEmpty else { return }
    let missing = Set(["avx2", "fma", "bmi2"]).subtracting(flags)
    guard missing.isEmpty else {
      throw Failure(
        .system,
        "this processor lacks \(missing.sorted().joined(separator: ", ")): spnd needs x86-64-v3, "
          + "as processors have since 2013")
    }
  #endif
}

/// The instruction sets that Linux tells of the first processor.
private func processorFlags() -> Set<String> {
  guard let file = unsafe fopen("/proc/cpuinfo", "re") else { return [] }
  defer { unsafe fclose(file) }
  var line: UnsafeMutablePointer<CChar>?
  var capacity = 0
  defer { unsafe free(line) }
  while unsafe getline(&line, &capacity, file) > 0, let text = unsafe line {
    let words = unsafe String(cString: text).split(whereSeparator: \.isWhitespace)
    if words.first == "flags" { return Set(words.map(String.init)) }
  }
  return []
}
