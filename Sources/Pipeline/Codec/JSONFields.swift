import CSimdJSON

/// Reads a fixed list of fields out of JSON documents, each validated as a whole.
///
/// Where an object has a key twice, the first one counts. Nothing is allocated once the buffers
/// have grown to the documents that arrive.
@safe
struct JSONFields: ~Copyable {
  /// The longest document that is read.
  static let bytesMax = 16 << 20

  private let parser: OpaquePointer

  /// A reader of the fields at `pointers`, in their order.
  init(_ pointers: [JSONPointer]) throws(PipelineError) {
    guard let parser = unsafe csimdjson_create(Self.bytesMax) else { throw Self.outOfMemory }
    for pointer in pointers where unsafe !Self.add(pointer, to: parser) {
      unsafe csimdjson_destroy(parser)
      throw Self.outOfMemory
    }
    unsafe self.parser = parser
  }

  deinit { unsafe csimdjson_destroy(parser) }

  /// Reads the fields of one document into a list with a place for each pointer; valid until the
  /// next call.
  mutating func read(_ document: Span<UInt8>, into list: borrowing FieldList) -> Rejection? {
    let status = unsafe document.withUnsafeBufferPointer {
      unsafe csimdjson_parse(parser, $0.baseAddress, $0.count)
    }
    guard status == 0 else {
      return Self.rejection(status: UInt32(bitPattern: status), count: document.count)
    }
    unsafe csimdjson_extract(parser, list.memory)
    return nil
  }

  private static func add(_ pointer: JSONPointer, to parser: OpaquePointer) -> Bool {
    let bytes = pointer.tokens.flatMap { Array($0.utf8) }
    let lengths = pointer.tokens.map(\.utf8.count)
    return unsafe csimdjson_add_pointer(parser, bytes, lengths, lengths.count)
  }

  private static var outOfMemory: PipelineError {
    PipelineError(code: .configuration, subject: "JSON parser", reason: "memory is short")
  }

  @inline(never)
  private static func rejection(status: UInt32, count: Int) -> Rejection {
    switch csimdjson_status(status) {
    case CSIMDJSON_EMPTY:
      Rejection(.jsonEmpty, "the value is empty; send one JSON document a record")
    case CSIMDJSON_TOO_LARGE:
      Rejection(.valueTooLarge, "the value has \(count) bytes; at most \(bytesMax) are read")
    case CSIMDJSON_TOO_DEEP:
      Rejection(
        .jsonInvalid, "the value's objects or arrays are nested too deep; 1000 levels are read")
    case CSIMDJSON_UTF8:
      Rejection(.jsonInvalid, "the value is not UTF-8; encode it so")
    case CSIMDJSON_MEMORY:
      Rejection(.valueTooLarge, "memory is short for a value of \(count) bytes")
    default:
      Rejection(
        .jsonInvalid,
        "the value is not one valid JSON document, or has a number past 64 bits or 1.8e308")
    }
  }
}
