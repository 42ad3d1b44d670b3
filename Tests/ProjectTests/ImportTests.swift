import Testing

@Suite("Imports")
struct ImportTests {
  @Test("every module imports only what stands above it")
  func repository() throws {
    let files = try Repository().files
    #expect(files.contains { $0.module == "SPN" }, "the sources were not found")
    #expect(ImportTable.violations(in: files) == [])
  }

  @Test(
    "an import from beside or below is refused",
    arguments: [
      ("SPN", "import Glibc"), ("SPN", "import Foundation"), ("SPN", "public import Pipeline"),
      ("Pipeline", "import Kafka"), ("Pipeline", "import CRdKafka"),
      ("Pipeline", "import FoundationEssentials"), ("Pipeline", "import struct Foundation.Data"),
      ("Kafka", "@preconcurrency import Foundation"), ("Kafka", "import Storage"),
      ("Evaluation", "import Kafka"), ("Demo", "import CRdKafka"), ("Demo", "import spnd"),
      ("spnd", "import CRdKafka"),
      ("Unlisted", "// nothing"),
    ])
  func refused(module: String, line: String) {
    let file = TextFile(path: "Sources/\(module)/Sample.swift", text: "// A sample.\n\(line)\n")
    #expect(ImportTable.violations(in: [file]).count == 1)
  }

  @Test(
    "an import from above is allowed",
    arguments: [
      ("Pipeline", "public import SPN"), ("Kafka", "internal import CRdKafka"),
      ("Storage", "import CLMDB"), ("spnd", "import Foundation"), ("SPN", "// import Glibc"),
      ("SPN", "let important = 1"),
    ])
  func allowed(module: String, line: String) {
    let file = TextFile(path: "Sources/\(module)/Sample.swift", text: line)
    #expect(ImportTable.violations(in: [file]) == [])
  }
}
