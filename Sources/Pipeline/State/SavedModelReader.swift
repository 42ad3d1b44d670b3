internal import SPN

extension Definition {
  /// The most bytes that a stream's key and its model's saved form can have together.
  public var savedModelBytesMax: Int {
    let channels = input.values.count
    let layout = StreamLayout(network: network, channels: channels)
    return layout.byteCount + SavedModel.overhead + EventReader.streamBytesMax + 1
  }
}

/// Looks into saved models, and makes others, without an engine.
public final class SavedModelReader {
  private let definition: Definition
  private let network: Network
  private let layout: StreamLayout
  private let kind: SavedModel.Kind
  private let boardKind: SavedModel.Kind
  private let pool: BlockPool
  /// The one block that models are read into.
  private let place: UInt32

  /// A reader of the models that this definition makes.
  public init(_ definition: Definition) {
    let channels = definition.input.values.count
    self.definition = definition
    network = definition.network
    layout = StreamLayout(network: network, channels: channels)
    kind = definition.savedKind(blockByteCount: layout.byteCount)
    boardKind = definition.savedKind(blockByteCount: network.boardByteCount)
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
  ///
  /// - Parameters:
  ///   - board: the saved board of the stream's group, if it has one (`boardName`).
  ///   - names: the names of streams among which those of its neighbours are.
  public func explanation(
    of form: Span<UInt8>, key: Span<UInt8>, in partition: TopicPartition, channel: Int,
    board: [UInt8]? = nil, names: [[UInt8]] = []
  ) -> [UInt8]? {
    precondition((0..<layout.channels).contains(channel))
    guard let block = read(form, key: key) else { return nil }
    var writer = StreamWriter(definition: definition, channel: channel)
    writer.write(
      Array(count: key.count) { key[$0] }, in: partition, block,
      unsafe StreamModel(network, borrowing: block.model),
      members: board.flatMap { members(of: $0.span, with: key) }, course: (first: 0, points: [])
    ) { identity in
      names.first { Groups.identity(of: $0.span) == identity }
    }
    return writer.finish()
  }

  /// Whether a saved form is not a stream's model but what a group's streams said.
  public func isBoard(_ key: Span<UInt8>) -> Bool {
    network.isGrouped && Groups.isBoard(key)
  }

  /// The key of the board of a stream's group; nil where streams are on their own.
  public func boardName(of key: Span<UInt8>) -> [UInt8]? {
    guard network.isGrouped else { return nil }
    let name = definition.input.group(of: key)
    return Array(count: name.count) { name[$0] }
  }

  /// Who has a place on the saved board of a group, by their identities, in the places' order; nil
  /// where it is damaged or another version's.
  func places(on form: Span<UInt8>, of name: Span<UInt8>) -> [UInt64?]? {
    unsafe withBoard(form, key: name) { bytes in
      unsafe Groups.Members(of: MessageBoard(network, borrowing: bytes), with: name).identities
    }
  }

  private func members(of form: Span<UInt8>, with key: Span<UInt8>) -> Groups.Members? {
    guard let name = boardName(of: key) else { return nil }
    return unsafe withBoard(form, key: name.span) { bytes in
      unsafe Groups.Members(of: MessageBoard(network, borrowing: bytes), with: key)
    }
  }

  private func withBoard<Result>(
    _ form: Span<UInt8>, key: Span<UInt8>, _ body: (UnsafeMutableRawPointer) -> Result
  ) -> Result? {
    let pool = BlockPool(blockByteCount: boardKind.blockByteCount)
    let bytes = unsafe pool[pool.allocate()]
    guard unsafe (try? SavedModel.read(form, key: key, kind: boardKind, into: bytes)) != nil
    else { return nil }
    return unsafe body(bytes)
  }

  /// Whether a saved form is a sound model, or board, of this definition and version.
  func isSound(_ form: Span<UInt8>, key: Span<UInt8>) -> Bool {
    isBoard(key) ? places(on: form, of: key) != nil : read(form, key: key) != nil
  }

  /// Adds a saved model to a slice, so that it goes on from what the slice's partition knows, or
  /// what a group's streams said; false where it is damaged or another version's.
  public func append(_ form: Span<UInt8>, key: Span<UInt8>, to slice: inout Slice) -> Bool {
    if isBoard(key) { return appendBoard(form, key: key, to: &slice) }
    guard let block = read(form, key: key) else { return false }
    // What it knows of the offsets of another log says nothing of this one's.
    if block.state.nextOffset > slice.manifest.committed {
      block.state.nextOffset = slice.manifest.watermark
    }
    append(block, key: key, to: &slice)
    return true
  }

  private func appendBoard(
    _ form: Span<UInt8>, key: Span<UInt8>, to slice: inout Slice
  ) -> Bool {
    let lastOffset = slice.manifest.watermark - 1
    return unsafe withBoard(form, key: key) { bytes in
      unsafe slice.append(
        SavedModel(kind: boardKind, lastOffset: lastOffset, block: bytes), key: key)
    } != nil
  }

  /// Adds a model that knows nothing to a slice; in its group it keeps its place.
  public func appendNew(_ key: Span<UInt8>, to slice: inout Slice) {
    let bytes = unsafe pool[place]
    unsafe bytes.initializeMemory(as: UInt8.self, repeating: 0, count: layout.byteCount)
    let block = unsafe StreamBlock(bytes, layout: layout)
    block.state.reset = .asked
    append(block, key: key, to: &slice)
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
