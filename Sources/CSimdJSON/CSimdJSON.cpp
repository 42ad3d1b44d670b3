#include "CSimdJSON.h"

#include <charconv>
#include <cmath>
#include <cstring>
#include <memory>
#include <new>
#include <string>
#include <vector>

#include <simdjson.h>

namespace dom = simdjson::dom;

namespace {

// A larger document's memory, some 15 bytes for each of its own, is given back before the next small one.
constexpr size_t kRetainedBytes = 1 << 20;
constexpr size_t kFirstCapacity = 4096;
constexpr uint32_t kNone = UINT32_MAX;

/// A step of the compiled pointers: all that start with the same tokens share it.
struct Node {
  std::string token;
  /// The token as an array's index, or kNone where it is not one.
  uint32_t index = kNone;
  /// Which fields this step completes.
  std::vector<uint32_t> fields;
  std::vector<uint32_t> children;
};

/// RFC 6901's array index: digits without leading zeros.
uint32_t array_index(const std::string &token) {
  if (token.empty() || token.size() > 9 || (token.size() > 1 && token[0] == '0')) return kNone;
  uint32_t index = 0;
  for (char c : token) {
    if (c < '0' || c > '9') return kNone;
    index = index * 10 + uint32_t(c - '0');
  }
  return index;
}

int status_of(simdjson::error_code error) {
  switch (error) {
    case simdjson::SUCCESS: return CSIMDJSON_OK;
    case simdjson::EMPTY: return CSIMDJSON_EMPTY;
    case simdjson::CAPACITY: return CSIMDJSON_TOO_LARGE;
    case simdjson::DEPTH_ERROR: return CSIMDJSON_TOO_DEEP;
    case simdjson::UTF8_ERROR: return CSIMDJSON_UTF8;
    case simdjson::MEMALLOC: return CSIMDJSON_MEMORY;
    default: return CSIMDJSON_INVALID;
  }
}

}  // namespace

struct csimdjson_parser {
  explicit csimdjson_parser(size_t bytes_max) : bytes_max(bytes_max) { nodes.emplace_back(); }

  bool reserve(size_t length);
  void visit(const dom::element &value, const Node &node);
  void visit_object(const dom::object &object, const Node &node);
  void visit_array(const dom::array &array, const Node &node);
  void store(const dom::element &value, const Node &node);

  size_t bytes_max;
  size_t capacity = 0;
  size_t field_count = 0;
  std::unique_ptr<dom::parser> parser;
  dom::document document;
  std::unique_ptr<uint8_t[]> buffer;
  dom::element root;
  std::vector<Node> nodes;
  csimdjson_field *fields = nullptr;
};

/// Makes the buffers fit a document of `length` bytes.
bool csimdjson_parser::reserve(size_t length) {
  const bool shrinks = capacity > kRetainedBytes && length <= kRetainedBytes;
  if (length <= capacity && !shrinks) return true;
  size_t wanted = kFirstCapacity;
  while (wanted < length) wanted *= 2;
  parser.reset();
  document = dom::document();
  buffer.reset();
  capacity = 0;
  parser.reset(new (std::nothrow) dom::parser(wanted));
  buffer.reset(new (std::nothrow) uint8_t[wanted + simdjson::SIMDJSON_PADDING]);
  if (!parser || !buffer) return false;
  if (parser->allocate(wanted) || document.allocate(wanted)) return false;
  capacity = wanted;
  return true;
}

void csimdjson_parser::visit(const dom::element &value, const Node &node) {
  if (!node.fields.empty()) store(value, node);
  if (node.children.empty()) return;
  if (value.is_object()) {
    visit_object(value.get_object().value_unsafe(), node);
  } else if (value.is_array()) {
    visit_array(value.get_array().value_unsafe(), node);
  }
}

void csimdjson_parser::visit_object(const dom::object &object, const Node &node) {
  const size_t count = node.children.size();
  // Bits of the children found; children past 64 are looked up one by one instead.
  uint64_t found = 0;
  const size_t tracked = count < 64 ? count : 64;
  const uint64_t all = tracked == 64 ? ~uint64_t(0) : (uint64_t(1) << tracked) - 1;
  // Producers write their keys in one order, so the search starts after the last hit.
  size_t start = 0;
  for (auto it = object.begin(), end = object.end(); it != end && found != all; ++it) {
    const std::string_view key = it.key();
    for (size_t step = 0; step < tracked; step++) {
      const size_t child = start + step < tracked ? start + step : start + step - tracked;
      const Node &next = nodes[node.children[child]];
      if (next.token.size() != key.size()
          || std::memcmp(next.token.data(), key.data(), key.size()) != 0) {
        continue;
      }
      const uint64_t bit = uint64_t(1) << child;
      if ((found & bit) == 0) visit(it.value(), next);
      found |= bit;
      start = child + 1 < tracked ? child + 1 : 0;
      break;
    }
  }
  for (size_t child = tracked; child < count; child++) {
    const Node &next = nodes[node.children[child]];
    dom::element value;
    if (object.at_key(next.token).get(value) == simdjson::SUCCESS) visit(value, next);
  }
}

void csimdjson_parser::visit_array(const dom::array &array, const Node &node) {
  for (uint32_t child : node.children) {
    const Node &next = nodes[child];
    dom::element value;
    if (next.index != kNone && array.at(next.index).get(value) == simdjson::SUCCESS) {
      visit(value, next);
    }
  }
}

void csimdjson_parser::store(const dom::element &value, const Node &node) {
  csimdjson_field field = {CSIMDJSON_MISSING, 0, 0, nullptr, 0};
  switch (value.type()) {
    case dom::element_type::ARRAY:
    case dom::element_type::OBJECT: field.kind = CSIMDJSON_COMPOSITE; break;
    case dom::element_type::NULL_VALUE: field.kind = CSIMDJSON_NULL; break;
    case dom::element_type::BOOL:
      field.kind = value.get_bool().value_unsafe() ? CSIMDJSON_TRUE : CSIMDJSON_FALSE;
      break;
    case dom::element_type::INT64:
      field.kind = CSIMDJSON_INT64;
      field.integer = value.get_int64().value_unsafe();
      field.number = double(field.integer);
      break;
    case dom::element_type::UINT64: {
      const uint64_t integer = value.get_uint64().value_unsafe();
      field.kind = CSIMDJSON_UINT64;
      field.integer = int64_t(integer);
      field.number = double(integer);
      break;
    }
    case dom::element_type::DOUBLE:
      field.kind = CSIMDJSON_DOUBLE;
      field.number = value.get_double().value_unsafe();
      break;
    case dom::element_type::STRING: {
      const std::string_view text = value.get_string().value_unsafe();
      field.kind = CSIMDJSON_STRING;
      field.text = reinterpret_cast<const uint8_t *>(text.data());
      field.length = text.size();
      break;
    }
    default: field.kind = CSIMDJSON_COMPOSITE; break;
  }
  for (uint32_t place : node.fields) fields[place] = field;
}

csimdjson_parser *csimdjson_create(size_t bytes_max) {
  try {
    return new csimdjson_parser(bytes_max);
  } catch (...) {
    return nullptr;
  }
}

void csimdjson_destroy(csimdjson_parser *parser) { delete parser; }

bool csimdjson_add_pointer(
  csimdjson_parser *parser, const uint8_t *tokens, const size_t *lengths, size_t count) {
  try {
    uint32_t at = 0;
    for (size_t i = 0; i < count; i++) {
      std::string token(reinterpret_cast<const char *>(tokens), lengths[i]);
      tokens += lengths[i];
      uint32_t next = kNone;
      for (uint32_t child : parser->nodes[at].children) {
        if (parser->nodes[child].token == token) next = child;
      }
      if (next == kNone) {
        next = uint32_t(parser->nodes.size());
        parser->nodes.emplace_back();
        parser->nodes[next].index = array_index(token);
        parser->nodes[next].token = std::move(token);
        parser->nodes[at].children.push_back(next);
      }
      at = next;
    }
    parser->nodes[at].fields.push_back(uint32_t(parser->field_count));
    parser->field_count++;
    return true;
  } catch (...) {
    return false;
  }
}

int csimdjson_parse(csimdjson_parser *parser, const uint8_t *bytes, size_t length) {
  // simdjson's releases differ in what they make of a byte order mark, so it is taken off here.
  if (length >= 3 && std::memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) {
    bytes += 3;
    length -= 3;
    if (length >= 3 && std::memcmp(bytes, "\xEF\xBB\xBF", 3) == 0) return CSIMDJSON_INVALID;
  }
  if (length == 0) return CSIMDJSON_EMPTY;
  if (length > parser->bytes_max) return CSIMDJSON_TOO_LARGE;
  try {
    if (!parser->reserve(length)) return CSIMDJSON_MEMORY;
    uint8_t *buffer = parser->buffer.get();
    std::memcpy(buffer, bytes, length);
    std::memset(buffer + length, ' ', simdjson::SIMDJSON_PADDING);
    return status_of(
      parser->parser->parse_into_document(parser->document, buffer, length, false)
        .get(parser->root));
  } catch (...) {
    return CSIMDJSON_INVALID;
  }
}

void csimdjson_extract(csimdjson_parser *parser, csimdjson_field *fields) {
  for (size_t i = 0; i < parser->field_count; i++) {
    fields[i] = {CSIMDJSON_MISSING, 0, 0, nullptr, 0};
  }
  parser->fields = fields;
  parser->visit(parser->root, parser->nodes[0]);
  parser->fields = nullptr;
}

template <typename Number>
static size_t format(Number value, uint8_t *bytes) {
  char *first = reinterpret_cast<char *>(bytes);
  const auto result = std::to_chars(first, first + CSIMDJSON_NUMBER_BYTES_MAX, value);
  return result.ec == std::errc() ? size_t(result.ptr - first) : 0;
}

size_t csimdjson_format_double(double value, uint8_t *bytes) {
  return std::isfinite(value) ? format(value, bytes) : 0;
}

size_t csimdjson_format_float(float value, uint8_t *bytes) {
  return std::isfinite(value) ? format(value, bytes) : 0;
}

size_t csimdjson_format_int64(int64_t value, uint8_t *bytes) { return format(value, bytes); }

size_t csimdjson_format_uint64(uint64_t value, uint8_t *bytes) { return format(value, bytes); }

bool csimdjson_read_double(const uint8_t *bytes, size_t length, double *value) {
  // from_chars also reads "inf" and "nan", which are no numbers here.
  for (size_t i = 0; i < length; i++) {
    const uint8_t c = bytes[i];
    const bool allowed =
      (c >= '0' && c <= '9') || c == '-' || c == '+' || c == '.' || c == 'e' || c == 'E';
    if (!allowed) return false;
  }
  const char *first = reinterpret_cast<const char *>(bytes);
  const auto result = std::from_chars(first, first + length, *value);
  return result.ec == std::errc() && result.ptr == first + length;
}
