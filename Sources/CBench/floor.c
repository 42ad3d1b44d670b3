#define _GNU_SOURCE
#include "CBench.h"

#include <librdkafka/rdkafka.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

/// One thread's clients and how far they are.
typedef struct {
  const bench_floor *floor;
  rd_kafka_t *consumer, *producer;
  rd_kafka_topic_t *output;
  /// The next offset of each partition, and records since the last commit.
  rd_kafka_topic_partition_list_t *offsets;
  int64_t open;
  char error[512];
} state;

static int64_t milliseconds(void) {
  struct timespec now;
  clock_gettime(CLOCK_MONOTONIC, &now);
  return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static bool fail(state *s, const char *what, const char *why) {
  snprintf(s->error, sizeof s->error, "%s: %s", what, why);
  return false;
}

/// Whether a call of the transaction protocol succeeded.
static bool check(state *s, const char *what, rd_kafka_error_t *error) {
  if (!error) return true;
  fail(s, what, rd_kafka_error_string(error));
  rd_kafka_error_destroy(error);
  return false;
}

static rd_kafka_t *make_client(state *s, rd_kafka_type_t type, const char *properties) {
  rd_kafka_conf_t *conf = rd_kafka_conf_new();
  char *lines = strdup(properties), *rest = lines, *line;
  rd_kafka_conf_res_t result = RD_KAFKA_CONF_OK;
  while (result == RD_KAFKA_CONF_OK && (line = strsep(&rest, "\n"))) {
    char *value = strchr(line, '=');
    if (!value) continue;
    *value++ = 0;
    result = rd_kafka_conf_set(conf, line, value, s->error, sizeof s->error);
  }
  free(lines);
  // A topic's property is first looked for among the client's, which leaves a message.
  if (result == RD_KAFKA_CONF_OK) s->error[0] = 0;
  rd_kafka_t *client =
    result == RD_KAFKA_CONF_OK ? rd_kafka_new(type, conf, s->error, sizeof s->error) : NULL;
  if (!client) rd_kafka_conf_destroy(conf);
  return client;
}

static bool start(state *s) {
  const bench_floor *floor = s->floor;
  s->producer = make_client(s, RD_KAFKA_PRODUCER, floor->producer);
  s->consumer = make_client(s, RD_KAFKA_CONSUMER, floor->consumer);
  if (!s->producer || !s->consumer) return false;
  rd_kafka_poll_set_consumer(s->consumer);
  s->output = rd_kafka_topic_new(s->producer, floor->output, NULL);
  s->offsets = rd_kafka_topic_partition_list_new(16);
  if (floor->is_transactional
      && !(check(s, "transactions", rd_kafka_init_transactions(s->producer, 60000))
           && check(s, "transaction", rd_kafka_begin_transaction(s->producer)))) {
    return false;
  }
  rd_kafka_topic_partition_list_t *topics = rd_kafka_topic_partition_list_new(1);
  rd_kafka_topic_partition_list_add(topics, floor->input, RD_KAFKA_PARTITION_UA);
  const rd_kafka_resp_err_t response = rd_kafka_subscribe(s->consumer, topics);
  rd_kafka_topic_partition_list_destroy(topics);
  return response ? fail(s, "subscribe", rd_kafka_err2str(response)) : true;
}

static void copy(state *s, const rd_kafka_message_t *message) {
  rd_kafka_vu_t fields[] = {
    {.vtype = RD_KAFKA_VTYPE_RKT, .u.rkt = s->output},
    {.vtype = RD_KAFKA_VTYPE_PARTITION, .u.i32 = message->partition},
    {.vtype = RD_KAFKA_VTYPE_TIMESTAMP, .u.i64 = rd_kafka_message_timestamp(message, NULL)},
    {.vtype = RD_KAFKA_VTYPE_MSGFLAGS, .u.i = RD_KAFKA_MSG_F_COPY},
    {.vtype = RD_KAFKA_VTYPE_VALUE, .u.mem = {message->payload, message->len}},
    {.vtype = RD_KAFKA_VTYPE_KEY, .u.mem = {message->key, message->key_len}},
  };
  rd_kafka_error_t *error;
  while ((error = rd_kafka_produceva(s->producer, fields, sizeof fields / sizeof *fields))) {
    const bool is_full = rd_kafka_error_code(error) == RD_KAFKA_RESP_ERR__QUEUE_FULL;
    if (!is_full) fail(s, "produce", rd_kafka_error_string(error));
    rd_kafka_error_destroy(error);
    if (!is_full) return;
    rd_kafka_poll(s->producer, 5);
  }
  rd_kafka_topic_partition_t *place =
    rd_kafka_topic_partition_list_find(s->offsets, s->floor->input, message->partition);
  if (!place) {
    place = rd_kafka_topic_partition_list_add(s->offsets, s->floor->input, message->partition);
  }
  place->offset = message->offset + 1;
  s->open++;
}

static bool commit(state *s) {
  if (s->open == 0) return true;
  if (!s->floor->is_transactional) {
    const rd_kafka_resp_err_t flushed = rd_kafka_flush(s->producer, 60000);
    if (flushed) return fail(s, "flush", rd_kafka_err2str(flushed));
    const rd_kafka_resp_err_t committed = rd_kafka_commit(s->consumer, s->offsets, 0);
    if (committed) return fail(s, "commit", rd_kafka_err2str(committed));
  } else {
    rd_kafka_consumer_group_metadata_t *group = rd_kafka_consumer_group_metadata(s->consumer);
    const bool sent = check(
      s, "offsets",
      rd_kafka_send_offsets_to_transaction(s->producer, s->offsets, group, 60000));
    rd_kafka_consumer_group_metadata_destroy(group);
    if (!sent || !check(s, "commit", rd_kafka_commit_transaction(s->producer, 60000))
        || !check(s, "transaction", rd_kafka_begin_transaction(s->producer))) {
      return false;
    }
  }
  __atomic_fetch_add(s->floor->done, s->open, __ATOMIC_RELAXED);
  s->open = 0;
  return true;
}

static bool run(state *s) {
  int64_t last = milliseconds();
  while (bench_load(s->floor->stop) == 0) {
    int wait = 10;
    for (int polled = 0; polled < 1000; polled++) {
      rd_kafka_message_t *message = rd_kafka_consumer_poll(s->consumer, wait);
      wait = 0;
      if (!message) break;
      if (!message->err) copy(s, message);
      rd_kafka_message_destroy(message);
    }
    if (s->error[0]) return false;
    rd_kafka_poll(s->producer, 0);
    const int64_t now = milliseconds();
    if (s->open >= s->floor->batch || now - last >= s->floor->commit_interval_ms) {
      last = now;
      if (!commit(s)) return false;
    }
  }
  return true;
}

char *bench_run_floor(const bench_floor *floor) {
  state s = {.floor = floor};
  const bool succeeded = start(&s) && run(&s);
  if (s.output) rd_kafka_topic_destroy(s.output);
  if (s.offsets) rd_kafka_topic_partition_list_destroy(s.offsets);
  if (s.producer) rd_kafka_destroy(s.producer);
  if (s.consumer) rd_kafka_destroy(s.consumer);
  return succeeded ? NULL : strdup(s.error);
}

int64_t bench_load(const int64_t *number) { return __atomic_load_n(number, __ATOMIC_RELAXED); }

void bench_store(int64_t *number, int64_t value) {
  __atomic_store_n(number, value, __ATOMIC_RELAXED);
}
