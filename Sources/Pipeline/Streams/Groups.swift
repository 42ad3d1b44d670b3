internal import SPN

/// The groups of a partition whose boards are in memory, and the streams that spoke there.
///
/// A group is one unit of state: a board and the models of the streams on it are saved as of one
/// offset, in one slice, since a stream that is replayed must hear what it heard. So whoever saves
/// or removes a stream asks here for the others. A board comes from the store when one of its
/// streams has an event, and leaves with the first of them that leaves; there are never more boards
/// than streams.
final class Groups {
  /// A place on a board.
  struct Seat {
    let board: Int
    let place: Int
  }

  private let network: Network
  /// How many of the fields that name a stream name its group.
  private let fieldCount: Int
  private let placeCount: Int
  let kind: SavedModel.Kind
  /// Boards by their names.
  private var boards: StreamTable
  /// The stream at each place of each board plus one; 0 where it has not spoken since the board
  /// came.
  private var speakers: [UInt32] = []
  /// Whether each board differs from its saved form, and the record key that came last.
  private var states: [State] = []

  private struct State {
    var isChanged = false
    var keyDigest: UInt64?
  }

  init(_ network: Network, fieldCount: Int, kind: SavedModel.Kind, pool: BlockPool) {
    self.network = network
    self.fieldCount = fieldCount
    self.kind = kind
    placeCount = MessageBoard.placeCount(channels: network.channelCount)
    boards = StreamTable(pool: pool, evicts: false)
  }

  /// Bytes held beside the boards.
  var byteCount: Int { boards.byteCount + speakers.capacity * 4 }

  /// The name of a stream's group, under which its board is saved: the stream's own name as far as
  /// it tells the group, `/` included, which is no stream's name.
  @_lifetime(copy stream)
  static func name(of stream: Span<UInt8>, fieldCount: Int) -> Span<UInt8> {
    var fields = 0
    for index in stream.indices where stream[index] == UInt8(ascii: "/") {
      fields += 1
      if fields == fieldCount { return stream.extracting(0...index) }
    }
    return stream
  }

  /// Whether what is saved under a name is a board, where there are groups.
  static func isBoard(_ name: Span<UInt8>) -> Bool {
    !name.isEmpty && name[name.count - 1] == UInt8(ascii: "/")
  }

  /// The board of a group, and whether it is new here, all zero.
  func board(named name: Span<UInt8>) -> (board: Int, isNew: Bool) {
    let (board, isNew) = boards.stream(for: name)
    while states.count <= board {
      states.append(State())
      for _ in 0..<placeCount { speakers.append(0) }
    }
    return (board, isNew)
  }

  /// Takes a board out of its saved form; false where it cannot be used, and stays new.
  func read(_ form: Span<UInt8>, into board: Int) -> Bool {
    (try? boards.read(form, into: board, kind: kind)) != nil
  }

  /// Puts another board, whose form is sound, in a group's place; its streams are replaced with it.
  func replace(_ form: Span<UInt8>, named name: Span<UInt8>) {
    let board = board(named: name).board
    let isSound = read(form, into: board)
    precondition(isSound, "a board was accepted that cannot be read")
    states[board].isChanged = true
  }

  /// The place of a stream that is about to speak; nil where all are taken.
  func seat(_ stream: Int, named name: Span<UInt8>, on board: Int) -> Seat? {
    var messages = self.messages(on: board)
    guard let place = messages.place(of: Self.identity(of: name)) else { return nil }
    speakers[board * placeCount + place] = UInt32(stream + 1)
    states[board].isChanged = true
    return Seat(board: board, place: place)
  }

  /// How a board knows a stream.
  static func identity(of name: Span<UInt8>) -> UInt64 { max(1, hashBytes(name)) }

  /// What is said on a board; valid until the board is removed.
  func messages(on board: Int) -> MessageBoard {
    unsafe MessageBoard(network, borrowing: boards.block(of: board))
  }

  /// Who has which place on the board of a stream's group, and the stream's own place, if the board
  /// is in memory.
  func members(with stream: Span<UInt8>) -> Members? {
    find(stream).map { Members(of: messages(on: $0), with: stream) }
  }

  /// Who has which place on a board, as its streams' identities, and the place of one of them.
  struct Members {
    let identities: [UInt64?]
    let place: Int?

    init(of board: borrowing MessageBoard, with stream: Span<UInt8>) {
      let identity = Groups.identity(of: stream)
      var identities: [UInt64?] = []
      for place in 0..<board.placeCount { identities.append(board.member(at: place)) }
      self.identities = identities
      place = identities.firstIndex(of: identity)
    }
  }

  /// Notes the key of a record of a group; true where another one carried the record before.
  func noteKey(digest: UInt64, on board: Int) -> Bool {
    defer { states[board].keyDigest = digest }
    return states[board].keyDigest.map { $0 != digest } ?? false
  }

  /// The board of a stream's group, if it is in memory.
  func find(_ stream: Span<UInt8>) -> Int? {
    boards.find(Self.name(of: stream, fieldCount: fieldCount))
  }

  /// The streams that have spoken on a board since it came.
  func speakers(on board: Int) -> [Int] {
    speakers[board * placeCount..<(board + 1) * placeCount].compactMap { number in
      number == 0 ? nil : Int(number) - 1
    }
  }

  /// Adds a board to a slice if it has changed since it was last saved.
  func append(_ board: Int, lastOffset: Int64, to slice: inout Slice) {
    guard states[board].isChanged else { return }
    states[board].isChanged = false
    boards.append(board, lastOffset: lastOffset, kind: kind, to: &slice)
  }

  /// Removes the board of a stream that leaves; it has been saved.
  func removeBoard(of stream: Span<UInt8>) {
    guard let board = find(stream) else { return }
    precondition(!states[board].isChanged)
    for place in 0..<placeCount { speakers[board * placeCount + place] = 0 }
    states[board] = State()
    boards.remove(board)
  }
}

extension Definition.Input {
  /// The name of the group that a stream is in; the stream's own where it is in none.
  @_lifetime(copy stream)
  package func group(of stream: Span<UInt8>) -> Span<UInt8> {
    group.isEmpty ? stream : Groups.name(of: stream, fieldCount: group.count)
  }
}
