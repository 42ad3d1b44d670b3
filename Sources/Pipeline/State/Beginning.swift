/// Where the models of a partition that was just given come from.
package struct Beginning: Equatable {
  /// The first offset to read.
  package var position: Int64
  /// What the models are then.
  package var lineage: Lineage
  /// Whether the saved models are used; else they are forgotten.
  package var usesSaved: Bool
  /// What the operator should know, if anything.
  package var note: String?
}

/// What decides where a partition begins: the group's offset, the log, and what was saved.
package struct BeginningRule {
  let offer: PartitionOffer
  let manifest: Manifest?
  let origin: Origin
  /// What this program learns: the hash of the definition and the numerics version.
  let kind: SavedModel.Kind
  let policy: Definition.State.Mismatch

  package init(
    offer: PartitionOffer, manifest: Manifest?, origin: Origin, kind: SavedModel.Kind,
    policy: Definition.State.Mismatch
  ) {
    self.offer = offer
    self.manifest = manifest
    self.origin = origin
    self.kind = kind
    self.policy = policy
  }

  /// Decides, or throws `.outOfRange` where only the operator can.
  package func decide() throws(PipelineError) -> Beginning {
    try checkLog()
    guard let manifest, isUsable(manifest) else { return learned(note: unusable) }
    if let mismatch = mismatch(manifest) {
      switch policy {
      case .stop: throw stop(mismatch)
      case .keep: return kept(manifest, mismatch)
      case .relearn: return learned(note: mismatch)
      }
    }
    if manifest.lineage.numerics != kind.numerics { return upgraded(manifest) }
    return Beginning(
      position: manifest.watermark, lineage: manifest.lineage, usesSaved: true,
      note: manifest.revision < metadata?.revision ?? 0
        ? "models were reset or imported on another machine, which is not known here; "
          + "state.changelog would tell" : nil)
  }

  /// Why saved models are of another kind, if they are.
  private var unusable: String? {
    guard let saved = manifest?.lineage else { return nil }
    guard saved.definition == kind.definition else {
      return "the saved models learned other fields than the definition names"
    }
    guard kind.reads(numerics: saved.numerics) else {
      return "the saved models are of numerics version \(saved.numerics), which version "
        + "\(kind.numerics) does not go on from"
    }
    return nil
  }

  /// What was committed with the group's offset, if it was this program that did.
  private var metadata: OffsetMetadata? { OffsetMetadata(text: offer.metadata) }

  /// The group's offset, or where it would be.
  private var committed: Int64 { offer.committed ?? offer.logStart }

  /// A committed offset must be one that the log has, unless the operator chose what to do.
  private func checkLog() throws(PipelineError) {
    guard policy == .stop, let committed = offer.committed else { return }
    if committed < offer.logStart {
      throw stop(
        "group \(origin.group) committed offset \(committed), but the log starts at "
          + "\(offer.logStart): records were deleted before they were read")
    }
    if committed > offer.logEnd {
      throw stop(
        "group \(origin.group) committed offset \(committed), but the log ends at "
          + "\(offer.logEnd): the topic was truncated or made anew")
    }
  }

  /// Whether the saved models are of the same past and of the same kind as those that are wanted.
  private func isUsable(_ manifest: Manifest) -> Bool {
    guard manifest.lineage.definition == kind.definition,
      kind.reads(numerics: manifest.lineage.numerics)
    else { return false }
    guard let metadata else { return true }
    return metadata.lineage == manifest.lineage || metadata.lineage == manifest.parent
  }

  /// Why the saved models do not fit the group's offset or the log, if they do not.
  private func mismatch(_ manifest: Manifest) -> String? {
    if manifest.origin != origin {
      return "the saved models are of \(manifest.origin), not of \(origin)"
    }
    if manifest.committed > committed {
      let now = offer.committed.map { "is \($0) now" } ?? "is gone now"
      return "the saved models know records up to offset \(manifest.committed), which group "
        + "\(origin.group) had committed, but its offset \(now)"
    }
    if manifest.watermark < offer.logStart {
      return "models were saved up to offset \(manifest.watermark), but the log starts at "
        + "\(offer.logStart): records that they lack were deleted"
    }
    return nil
  }

  /// The models are learned from the log, as far back as it goes or as the group's models do.
  private func learned(note: String?) -> Beginning {
    let wanted = metadata?.lineage
    var start = offer.logStart
    var note = note
    if let wanted, wanted.definition == kind.definition, wanted.numerics == kind.numerics,
      !wanted.isKept, wanted.start >= offer.logStart, wanted.start <= committed
    {
      start = wanted.start
    } else if offer.committed == nil, let bootstrap = offer.bootstrap {
      start = max(start, bootstrap.first)
    } else if committed > start, wanted != nil || start > 0 {
      note =
        (note.map { $0 + "; " } ?? "") + "relearning from offset \(start), where the log starts, "
        + "up to \(committed)"
    }
    return Beginning(
      position: start, lineage: lineage(from: start, isKept: false), usesSaved: false, note: note)
  }

  /// The models of an older version of the network go on by this one's formulas, which answer from
  /// the group's offset on: nobody can learn the same from the log.
  private func upgraded(_ manifest: Manifest) -> Beginning {
    Beginning(
      position: manifest.watermark, lineage: lineage(from: committed, isKept: true),
      usesSaved: true,
      note: "models of numerics version \(manifest.lineage.numerics) go on as version "
        + "\(kind.numerics); anomalies that are open end with their streams' next events")
  }

  /// The models stay although they know more, or less, than they should.
  private func kept(_ manifest: Manifest, _ mismatch: String) -> Beginning {
    let position = max(min(manifest.watermark, committed), offer.logStart)
    return Beginning(
      position: position, lineage: lineage(from: position, isKept: true), usesSaved: true,
      note: mismatch + "; the models are kept as they are")
  }

  private func lineage(from start: Int64, isKept: Bool) -> Lineage {
    Lineage(start: start, definition: kind.definition, numerics: kind.numerics, isKept: isKept)
  }

  private func stop(_ reason: String) -> PipelineError {
    let place = RecordPlace(topic: origin.topic, partition: origin.partition)
    return PipelineError(
      code: .outOfRange, subject: place.description,
      reason: reason
        + ". Set the group's offset with kafka-consumer-groups --reset-offsets, or set "
        + "state.on-mismatch to keep (the models as they are) or relearn (them from the log)",
      place: place)
  }
}
