/// The candidate that a misspelt word is nearest to, or nil where none is near.
///
/// Near means at most one edit in three letters, and at least one; capitals and `_` for `-` are no
/// edits.
func nearest(to word: String, in candidates: [String]) -> String? {
  let bytesMax = 64
  let bytes = folded(word)
  guard (1...bytesMax).contains(bytes.count) else { return nil }
  var best: (distance: Int, word: String)?
  for candidate in candidates where candidate.utf8.count <= bytesMax {
    let distance = editDistance(bytes, folded(candidate))
    if distance < best?.distance ?? (max(1, bytes.count / 3) + 1) { best = (distance, candidate) }
  }
  return best?.word
}

/// Text as it may stand in a message: at most 60 characters, without line breaks and other control
/// characters.
func escaped(_ text: String) -> String {
  let charactersMax = 60
  var shown = ""
  for (index, scalar) in text.unicodeScalars.enumerated() {
    guard index < charactersMax else { return shown + "…" }
    let isControl = scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value)
    shown += isControl ? "\\u{\(String(scalar.value, radix: 16))}" : String(scalar)
  }
  return shown
}

private func folded(_ word: String) -> [UInt8] {
  word.lowercased().utf8.map { $0 == UInt8(ascii: "_") ? UInt8(ascii: "-") : $0 }
}

/// Insertions, deletions, substitutions and swaps of neighbours that make one word of the other.
///
/// The optimal string alignment form of the Damerau–Levenshtein distance (Boytsov 2011, “Indexing
/// methods for approximate dictionary searching”, section 2); O(nm) time.
private func editDistance(_ a: [UInt8], _ b: [UInt8]) -> Int {
  var before: [Int] = []
  var above = Array(0...b.count)
  for i in a.indices {
    var row = [i + 1]
    for j in b.indices {
      let substitution = above[j] + (a[i] == b[j] ? 0 : 1)
      var distance = min(substitution, above[j + 1] + 1, row[j] + 1)
      if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
        distance = min(distance, before[j - 1] + 1)
      }
      row.append(distance)
    }
    before = above
    above = row
  }
  return above[b.count]
}
