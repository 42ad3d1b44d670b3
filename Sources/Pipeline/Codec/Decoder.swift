public import SPN

/// Turns records into events: a stream's name, a time and one number a channel.
///
/// The buffers are its own and used again for each record; a good record costs no allocation once
/// they have grown. The answer depends on the record and the settings alone, except that a CSV row
/// also needs its header.
public struct Decoder: ~Copyable {
  /// The form of a record's value.
  public enum Format: Equatable, Sendable {
    /// One JSON document; where an object has a key twice, the first one counts.
    case json
    /// One row; the header's cells name its columns.
    case csv(header: [String])
  }

  // Exactly one of the two is there.
  private var json: JSONFields?
  private var csv: CSVFields?
  private let list: FieldList
  private var event: EventReader
  /// The hash of the stream's name, of which several have a use.
  private(set) var streamHash: UInt64 = 0

  /// A decoder of records in one format; throws `.configuration` where the header lacks a column.
  public init(_ settings: DecoderSettings, format: Format = .json) throws(PipelineError) {
    let pointers = settings.pointers
    switch format {
    case .json:
      json = try JSONFields(pointers)
      csv = nil
    case .csv(let header):
      json = nil
      csv = try CSVFields(pointers, header: header)
    }
    list = FieldList(count: pointers.count)
    event = EventReader(settings)
  }

  /// Reads one record; nil says that it is an event and that the properties below describe it.
  public mutating func decode(_ record: borrowing Record) -> Rejection? {
    guard let value = record.value else {
      return Rejection(
        .valueNull, "the value is null, a tombstone, and no event; send a value")
    }
    if let rejection = json?.read(value, into: list) ?? csv?.read(value, into: list) {
      return rejection
    }
    if let rejection = event.read(list, record) { return rejection }
    streamHash = hashBytes(event.stream.bytes)
    return nil
  }

  /// The stream's name, valid until the next record.
  ///
  /// The record's key; or one field's text; or several joined with `/`, where `~` within them is
  /// `~0` and `/` is `~1`, so that no two lists of fields share a name. Numbers and booleans stand
  /// as their JSON text: 7 and "7" are the same stream, as 1 and 1.0 are.
  public var stream: Span<UInt8> {
    @_lifetime(borrow self)
    borrowing get { event.stream.bytes }
  }

  /// The event's time, and the offset of the settings' zone at that time.
  public var time: ModelTime { event.time }

  /// One number a channel in the settings' order; NaN where it is missing or null, and at least one
  /// is not.
  public var values: Span<Double> {
    @_lifetime(borrow self)
    borrowing get { event.values.span }
  }
}
