import Pipeline
import Testing

/// Where the models of a partition come from, given the group's offset, the log and what is saved.
@Suite struct BeginningTests {
  private let origin = Origin(cluster: "c", topic: "in", partition: 2, group: "g")
  private let kind = SavedModel.Kind(numerics: 1, definition: 0xAB, blockByteCount: 64)

  private func begin(
    committed: Int64?, log: Range<Int64> = 0..<1000, saved: Manifest? = nil,
    lineage: Lineage? = nil, policy: Definition.State.Mismatch = .stop,
    kind: SavedModel.Kind? = nil
  ) throws(PipelineError) -> Beginning {
    let offer = PartitionOffer(
      partition: TopicPartition(topic: 0, partition: 2), committed: committed,
      metadata: lineage?.text ?? "", logStart: log.lowerBound, logEnd: log.upperBound)
    return try BeginningRule(
      offer: offer, manifest: saved, origin: origin, kind: kind ?? self.kind, policy: policy
    ).decide()
  }

  private func lineage(from start: Int64, isKept: Bool = false) -> Lineage {
    Lineage(start: start, definition: 0xAB, numerics: 1, isKept: isKept)
  }

  private func saved(
    _ watermark: Int64, committed: Int64, lineage: Lineage? = nil, origin: Origin? = nil
  ) -> Manifest {
    Manifest(
      watermark: watermark, committed: committed, lineage: lineage ?? self.lineage(from: 0),
      origin: origin ?? self.origin)
  }

  @Test func aNewGroupLearnsFromTheStartOfTheLog() throws {
    let beginning = try begin(committed: nil, log: 40..<1000)
    #expect(beginning.position == 40 && !beginning.usesSaved && beginning.note == nil)
    #expect(beginning.lineage == lineage(from: 40))
  }

  @Test func savedModelsAreUsedFromTheirWatermark() throws {
    let beginning = try begin(
      committed: 500, saved: saved(300, committed: 450), lineage: lineage(from: 0))
    #expect(beginning.position == 300 && beginning.usesSaved && beginning.note == nil)
    #expect(beginning.lineage == lineage(from: 0))
  }

  @Test func modelsOfAnotherLineageAreNeverUsed() throws {
    let beginning = try begin(
      committed: 500, saved: saved(300, committed: 450, lineage: lineage(from: 7)),
      lineage: lineage(from: 0))
    #expect(beginning.position == 0 && !beginning.usesSaved)
    #expect(beginning.lineage == lineage(from: 0))
  }

  @Test func aLineageIsLearnedAgainFromWhereItBegan() throws {
    let beginning = try begin(committed: 500, log: 10..<1000, lineage: lineage(from: 40))
    #expect(beginning.position == 40 && beginning.lineage == lineage(from: 40))
    #expect(beginning.note == nil)
  }

  @Test func aLineageWhoseStartIsGoneIsLeftAndThatIsSaid() throws {
    let beginning = try begin(committed: 500, log: 100..<1000, lineage: lineage(from: 40))
    #expect(beginning.position == 100 && beginning.lineage == lineage(from: 100))
    #expect(beginning.note?.contains("relearning from offset 100") == true)
    let kept = try begin(committed: 500, lineage: lineage(from: 40, isKept: true))
    #expect(kept.position == 0 && kept.note != nil)
  }

  @Test func modelsOfOtherEventsOrFormulasAreNotUsed() throws {
    for other in [
      Lineage(start: 0, definition: 0xCD, numerics: 1),
      Lineage(start: 0, definition: 0xAB, numerics: 2),
    ] {
      let beginning = try begin(
        committed: 500, saved: saved(500, committed: 500, lineage: other), lineage: other)
      #expect(!beginning.usesSaved && beginning.lineage == lineage(from: 0))
      let reason = other.numerics == 1 ? "learned other fields" : "of numerics version 2"
      #expect(beginning.note?.contains(reason) == true)
      #expect(beginning.note?.contains("relearning from offset 0") == true)
    }
  }

  /// Rule 8.
  @Test func modelsOfAnOlderVersionOfTheNetworkGoOnAsANewLineage() throws {
    let newer = SavedModel.Kind(
      numerics: 3, definition: 0xAB, blockByteCount: 64, oldestNumerics: 1)
    let old = lineage(from: 0)
    let beginning = try begin(
      committed: 500, saved: saved(480, committed: 500, lineage: old), lineage: old, kind: newer)
    #expect(beginning.usesSaved && beginning.position == 480)
    #expect(
      beginning.lineage == Lineage(start: 500, definition: 0xAB, numerics: 3, isKept: true))
    #expect(beginning.note?.contains("numerics version 1 go on as version 3") == true)
    // Nor may they be ahead of the group, or another's, whatever version made them.
    #expect(throws: PipelineError.self) {
      _ = try begin(
        committed: 400, saved: saved(300, committed: 500, lineage: old), lineage: old, kind: newer)
    }
    // A daemon that was set back to the older version does not take what the newer one left.
    let left = saved(480, committed: 500, lineage: beginning.lineage)
    let back = try begin(committed: 500, saved: left, lineage: beginning.lineage)
    #expect(!back.usesSaved && back.note?.contains("numerics version 3") == true)
  }

  /// Rule 7: a death between the saving of a new lineage and the commit that names it.
  @Test func modelsOfANewLineageAreUsedThoughNoCommitNamesItYet() throws {
    var manifest = saved(300, committed: 450, lineage: lineage(from: 250, isKept: true))
    manifest.parent = lineage(from: 0)
    #expect(Manifest(text: manifest.text) == manifest)
    let beginning = try begin(committed: 450, saved: manifest, lineage: lineage(from: 0))
    #expect(beginning.usesSaved && beginning.lineage == manifest.lineage)
    let other = try begin(committed: 450, saved: manifest, lineage: lineage(from: 7))
    #expect(!other.usesSaved)
  }

  @Test func aStoreThatDoesNotKnowOfModelsThatWereChangedIsUsedAndThatIsSaid() throws {
    var metadata = OffsetMetadata(lineage: lineage(from: 0))
    metadata.revision = 2
    #expect(OffsetMetadata(text: metadata.text) == metadata)
    var manifest = saved(300, committed: 450)
    manifest.revision = 2
    #expect(Manifest(text: manifest.text) == manifest)
    for (revision, isTold) in [(0, true), (1, true), (2, false), (3, false)] as [(Int64, Bool)] {
      manifest.revision = revision
      let offer = PartitionOffer(
        partition: TopicPartition(topic: 0, partition: 2), committed: 500, metadata: metadata.text,
        logStart: 0, logEnd: 1000)
      let beginning = try BeginningRule(
        offer: offer, manifest: manifest, origin: origin, kind: kind, policy: .stop
      ).decide()
      #expect(beginning.usesSaved && (beginning.note != nil) == isTold)
    }
  }

  @Test(
    arguments: [
      // Rewound, forgotten, or of another group.
      (committed: 200, log: 0..<1000, group: "g"), (committed: nil, log: 0..<1000, group: "g"),
      (committed: 500, log: 0..<1000, group: "h"),
      // Records were deleted that the saved models lack.
      (committed: 500, log: 400..<1000, group: "g"),
    ] as [(committed: Int64?, log: Range<Int64>, group: String)])
  func whatDoesNotFitStopsWithAChoice(
    _ place: (committed: Int64?, log: Range<Int64>, group: String)
  ) throws {
    let manifest = saved(
      300, committed: 450,
      origin: Origin(cluster: "c", topic: "in", partition: 2, group: place.group))
    let (committed, log) = (place.committed, place.log)
    let error = #expect(throws: PipelineError.self) {
      _ = try begin(committed: committed, log: log, saved: manifest)
    }
    #expect(error?.code == .outOfRange)
    #expect(error?.reason.contains("state.on-mismatch") == true)
    let kept = try begin(committed: committed, log: log, saved: manifest, policy: .keep)
    #expect(kept.usesSaved && kept.lineage.isKept && kept.note != nil)
    #expect(kept.position >= log.lowerBound)
    let relearned = try begin(committed: committed, log: log, saved: manifest, policy: .relearn)
    #expect(!relearned.usesSaved && relearned.position == log.lowerBound)
  }

  @Test(arguments: [(committed: 5, log: 10..<20), (committed: 30, log: 0..<20)])
  func anOffsetThatTheLogDoesNotHaveStopsUnlessToldOtherwise(
    _ place: (committed: Int64, log: Range<Int64>)
  ) throws {
    #expect(throws: PipelineError.self) {
      _ = try begin(committed: place.committed, log: place.log)
    }
    let relearned = try begin(
      committed: place.committed, log: place.log, policy: .relearn)
    #expect(relearned.position == place.log.lowerBound)
  }

  @Test func whatIsCommittedWithAnOffsetReadsBackAndUnknownNamesAreLeftAlone() {
    let text = OffsetMetadata(lineage: lineage(from: 9, isKept: true), logged: 40).text
    #expect(text == "9/ab/1/kept logged=40")
    var grown = OffsetMetadata(lineage: lineage(from: 9))
    (grown.speaks, grown.partitions) = (70, 8)
    #expect(OffsetMetadata(text: grown.text) == grown)
    #expect(OffsetMetadata(text: text + " later=x")?.text == text)
    #expect(OffsetMetadata(text: "9/ab/1")?.logged == nil)
    #expect(OffsetMetadata(text: "") == nil && OffsetMetadata(text: "a tool's") == nil)
  }

  @Test func aManifestReadsBackAndAnUnknownFormDoesNot() {
    let manifest = saved(300, committed: 450, lineage: lineage(from: 9, isKept: true))
    #expect(Manifest(text: manifest.text) == manifest)
    #expect(Manifest(text: manifest.text.replacing("form 1", with: "form 2")) == nil)
    #expect(Manifest(text: "") == nil)
  }
}
