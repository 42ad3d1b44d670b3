internal import SPN

extension Definition {
  /// The most bytes that a stream's key and its model's saved form can have together.
  public var savedModelBytesMax: Int {
    let channels = input.values.count
    let layout = StreamLayout(network: model.network(channels: channels), channels: channels)
    return layout.byteCount + SavedModel.overhead + EventReader.streamBytesMax + 1
  }
}

/// Looks into saved models, and makes others, without an engine.
public final class SavedModelReader {
  private let definition: Definition
  private let network: Network
  private let layout: StreamLayout
  private let kind: SavedModel.Kind
  private let pool: BlockPool
  /// The one block that models are read into.
  private let place: UInt32

  /// A reader of the models that this definition makes.
  public init(_ definition: Definition) {
    let channels = definition.input.values.count
    self.definition = definition
    network = definition.model.network(channels: channels)
    layout = StreamLayout(network: network, channels: channels)
    kind = SavedModel.Kind(
      numerics: Network.numericsVersion, definition: definition.eventHash,
      blockByteCount: layout.byteCount)
    pool = BlockPool(blockByteCount: layout.byteCount)
    place = pool.allocate()
  }

  /// How a stream stood when it was saved; nil where its model is damaged or another version's.
  public func summary(
    of form: Span<UInt8>, key: Span<UInt8>, in partition: TopicPartition
  ) -> StreamSummary? {
    guard let block = read(form, key: key) else { return nil }
    let state = block.state
    return StreamSummary(
      name: Array(count: key.count) { key[$0] }, partition: partition, events: state.events,
      lastTime: state.lastTime, score: block.score, isAnomalous: block.isAnomalous,
      isLearning: state.events <= Int64(definition.alerts.warmUp))
  }

  /// The JSON object that `/v1/streams/{key}` answers, of a saved model; nil where it is damaged or
  /// another version's.
  public func explanation(
    of form: Span<UInt8>, key: Span<UInt8>, in partition: TopicPartition, channel: Int
  ) -> [UInt8]? {
    precondition((0..<layout.channels).contains(channel))
    guard let block = read(form, key: key) else { return nil }
    var writer = StreamWriter(definition: definition, channel: channel)
    writer.write(
      Array(count: key.count) { key[$0] }, in: partition, block,
      unsafe StreamModel(network, borrowing: block.model), course: (first: 0, points: []))
    return writer.finish()
  }

  /// Adds a saved model to a slice, so that it goes on from what the slice's partition knows; false
  /// where it is damaged or another version's.
  public func append(_ form: Span<UInt8>, key: Span<UInt8>, to slice: inout Slice) -> Bool {
    guard let block = read(form, key: key) else { return false }
    // What it knows of the offsets of another log says nothing of this one's.
    if block.state.nextOffset > slice.manifest.committed {
      block.state.nextOffset = slice.manifest.watermark
    }
    append(block, key: key, to: &slice)
    return true
  }

  /// Adds a model that knows nothing to a slice.
  public func appendNew(_ key: Span<UInt8>, to slice: inout Slice) {
    let bytes = unsafe pool[place]
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: layout.byteCount)
    append(unsafe StreamBlock(bytes, layout: layout), key: key, to: &slice)
  }

  private func append(_ block: StreamBlock, key: Span<UInt8>, to slice: inout Slice) {
    unsafe slice.append(
      SavedModel(kind: kind, lastOffset: block.state.nextOffset - 1, block: pool[place]), key: key)
  }

  private func read(_ form: Span<UInt8>, key: Span<UInt8>) -> StreamBlock? {
    let bytes = unsafe pool[place]
    guard unsafe (try? SavedModel.read(form, key: key, kind: kind, into: bytes)) != nil
    else { return nil }
    return unsafe StreamBlock(bytes, layout: layout)
  }
}
