/// First in, first out; costs no allocation once it has grown.
struct Queue<Element> {
  private var items: [Element] = []
  private var head = 0

  var count: Int { items.count - head }
  var first: Element? { head < items.count ? items[head] : nil }

  mutating func append(_ item: Element) { items.append(item) }

  mutating func popFirst() -> Element? {
    guard head < items.count else { return nil }
    defer {
      head += 1
      // Moves each item once on average.
      if head > 64, head * 2 > items.count {
        items.removeSubrange(..<head)
        head = 0
      }
    }
    return items[head]
  }
}
