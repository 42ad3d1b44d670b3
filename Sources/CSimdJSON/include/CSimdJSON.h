// A C face over simdjson's DOM parser and the number formatting of libstdc++.
//
// C++ is needed because both are header templates; nothing here throws, and nothing allocates once its buffers have
// grown to the size of the documents that arrive.
#pragma once

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// Why a document was refused. Coarser than simdjson's own codes, which differ between its implementations.
enum csimdjson_status {
  CSIMDJSON_OK = 0,
  CSIMDJSON_EMPTY,
  CSIMDJSON_TOO_LARGE,
  CSIMDJSON_TOO_DEEP,
  CSIMDJSON_UTF8,
  /// Not JSON, or a number in it is past 64 bits (integers) or 1.8e308.
  CSIMDJSON_INVALID,
  CSIMDJSON_MEMORY,
};

/// What a field holds.
enum csimdjson_kind {
  CSIMDJSON_MISSING = 0,
  CSIMDJSON_NULL,
  CSIMDJSON_FALSE,
  CSIMDJSON_TRUE,
  CSIMDJSON_INT64,
  CSIMDJSON_UINT64,
  CSIMDJSON_DOUBLE,
  CSIMDJSON_STRING,
  CSIMDJSON_COMPOSITE,
  /// Text whose type the format does not tell; never set here, for formats such as CSV.
  CSIMDJSON_TEXT,
};

/// One field of a document.
typedef struct {
  /// One of csimdjson_kind.
  uint8_t kind;
  /// The integer; for CSIMDJSON_UINT64 its bits.
  int64_t integer;
  /// The number, whatever its kind, else 0.
  double number;
  /// The string's bytes, in the parser's memory until its next parse; null where there are none.
  const uint8_t *text;
  size_t length;
} csimdjson_field;

typedef struct csimdjson_parser csimdjson_parser;

/// Makes a parser of documents of at most `bytes_max` bytes; null where memory is short.
csimdjson_parser *csimdjson_create(size_t bytes_max);
void csimdjson_destroy(csimdjson_parser *parser);

/// Adds a pointer, given as its tokens one after the other and their lengths; its place in the order of adding is
/// where `csimdjson_extract` writes its field. False where memory is short.
bool csimdjson_add_pointer(
  csimdjson_parser *parser, const uint8_t *tokens, const size_t *lengths, size_t count);

/// Parses and validates a whole document, which needs no padding and is copied; returns a csimdjson_status.
int csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t length);

/// Writes one field for each pointer, from the document that was parsed last with CSIMDJSON_OK.
///
/// Where an object has a key twice, the first one counts.
void csimdjson_extract(csimdjson_parser *parser, csimdjson_field *fields);

/// The most bytes that the functions below write.
#define CSIMDJSON_NUMBER_BYTES_MAX 32

/// Writes the shortest JSON text that reads back as the same number, and returns its length; 0 if it is not finite.
size_t csimdjson_format_double(double value, uint8_t *bytes);
size_t csimdjson_format_float(float value, uint8_t *bytes);
size_t csimdjson_format_int64(int64_t value, uint8_t *bytes);
size_t csimdjson_format_uint64(uint64_t value, uint8_t *bytes);

/// Reads a decimal number that takes up all the bytes; false where it is none, or its size is out of range.
bool csimdjson_read_double(const uint8_t *bytes, size_t length, double *value);

#ifdef __cplusplus
}
#endif
