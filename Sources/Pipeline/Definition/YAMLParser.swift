internal import CYAML

/// libyaml's parser over text that it owns; the one place that spells libyaml's calls.
@safe struct YAMLParser: ~Copyable {
  private let parser: UnsafeMutablePointer<yaml_parser_t>
  private let text: UnsafeMutableBufferPointer<UInt8>

  /// Nil where there is no memory for it.
  init?(_ bytes: [UInt8]) {
    let mark: [UInt8] = [0xEF, 0xBB, 0xBF]
    let start = bytes.starts(with: mark) ? mark.count : 0
    let parser = UnsafeMutablePointer<yaml_parser_t>.allocate(capacity: 1)
    guard unsafe yaml_parser_initialize(parser) == 1 else {
      unsafe parser.deallocate()
      return nil
    }
    unsafe self.parser = unsafe parser
    unsafe text = .allocate(capacity: bytes.count - start)
    _ = unsafe text.initialize(fromContentsOf: bytes[start...])
    unsafe yaml_parser_set_encoding(parser, YAML_UTF8_ENCODING)
    unsafe yaml_parser_set_input_string(parser, text.baseAddress, text.count)
  }

  deinit {
    unsafe yaml_parser_delete(parser)
    unsafe parser.deallocate()
    unsafe text.deallocate()
  }

  /// The next event; not to be called after one that failed or after `streamEnd`.
  mutating func next() throws(YAMLFault) -> YAMLEvent {
    var event = unsafe yaml_event_t()
    guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw fault() }
    defer { unsafe yaml_event_delete(&event) }
    return unsafe YAMLEvent(event)
  }

  private func fault() -> YAMLFault {
    let message = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
    let isReader = unsafe parser.pointee.error == YAML_READER_ERROR
    let position =
      if isReader {
        position(ofByte: unsafe parser.pointee.problem_offset)
      } else {
        unsafe Definition.Position(parser.pointee.problem_mark)
      }
    return YAMLFault(position: position, message: message ?? "cannot be read")
  }

  /// libyaml gives no line for bytes that it cannot read at all, only their offset.
  private func position(ofByte offset: Int) -> Definition.Position {
    var position = Definition.Position(line: 1, column: 1)
    for index in unsafe 0..<min(offset, text.count) {
      let byte = unsafe text[index]
      if byte == UInt8(ascii: "\n") {
        position = Definition.Position(line: position.line + 1, column: 1)
      } else if byte & 0xC0 != 0x80 {
        position.column += 1
      }
    }
    return position
  }
}

/// Text that is not YAML.
struct YAMLFault: Error {
  var position: Definition.Position
  /// libyaml's own words.
  var message: String
}

/// One step of a document.
struct YAMLEvent {
  /// What the step is.
  enum Kind: Equatable {
    case streamStart, streamEnd, documentStart, documentEnd
    case alias
    case scalar(String, isQuoted: Bool)
    case listStart, listEnd, mappingStart, mappingEnd
  }

  var kind: Kind
  var position: Definition.Position
  var hasAnchor = false
  var hasTag = false
}

extension YAMLEvent {
  /// Copies what we need of libyaml's event.
  fileprivate init(_ event: yaml_event_t) {
    position = unsafe Definition.Position(event.start_mark)
    switch unsafe event.type {
    case YAML_STREAM_START_EVENT: kind = .streamStart
    case YAML_DOCUMENT_START_EVENT: kind = .documentStart
    case YAML_DOCUMENT_END_EVENT: kind = .documentEnd
    case YAML_ALIAS_EVENT: kind = .alias
    case YAML_SCALAR_EVENT:
      let scalar = unsafe event.data.scalar
      let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
      let text = unsafe String(decoding: bytes, as: UTF8.self)
      kind = .scalar(text, isQuoted: unsafe scalar.style != YAML_PLAIN_SCALAR_STYLE)
      hasAnchor = unsafe scalar.anchor != nil
      hasTag = unsafe scalar.tag != nil
    case YAML_SEQUENCE_START_EVENT:
      kind = .listStart
      hasAnchor = unsafe event.data.sequence_start.anchor != nil
      hasTag = unsafe event.data.sequence_start.tag != nil
    case YAML_SEQUENCE_END_EVENT: kind = .listEnd
    case YAML_MAPPING_START_EVENT:
      kind = .mappingStart
      hasAnchor = unsafe event.data.mapping_start.anchor != nil
      hasTag = unsafe event.data.mapping_start.tag != nil
    case YAML_MAPPING_END_EVENT: kind = .mappingEnd
    default: kind = .streamEnd
    }
  }
}

extension Definition.Position {
  fileprivate init(_ mark: yaml_mark_t) {
    self.init(line: Int(clamping: mark.line) + 1, column: Int(clamping: mark.column) + 1)
  }
}
