import Testing

@Suite("Layout")
struct LayoutTests {
  @Test("the top level holds only what is listed")
  func repository() throws {
    let names = try Repository().topLevel()
    #expect(names.contains("Package.swift"), "the root was not found")
    #expect(Layout.strangers(in: names) == [])
  }

  @Test("a stranger at the top is seen")
  func stranger() {
    #expect(
      Layout.strangers(in: ["Sources", ".build", "notes.txt", "Docs"]) == ["Docs", "notes.txt"])
  }
}
