#include "metrics_table.h"

#define MICRO 1e-6
#define LIMITS "concert_limit_reached_total", "counter", "Times that a limit was reached.", "limit"
#define STATES                                                                                     \
    "concert_connection_states", "gauge", "Connections by the state of their stream.", "state"
#define DOCUMENTS "concert_document_bytes_total", "counter", "Bytes of documents.", "direction"
#define RELOADS                                                                                    \
    "concert_settings_reloads_total", "counter", "Times that settings were read again.", "outcome"

static const struct metrics_row numbers[METRICS_NUMBERS] = {
    [METRICS_LIMIT_HANDSHAKE_MS] = {LIMITS, "handshake_ms", 1, false},
    [METRICS_LIMIT_FRAME_MS] = {LIMITS, "frame_ms", 1, false},
    [METRICS_LIMIT_IDLE_MS] = {LIMITS, "idle_ms", 1, false},
    [METRICS_LIMIT_HANDSHAKES] = {LIMITS, "handshakes", 1, false},
    [METRICS_LIMIT_CONNECTIONS] = {LIMITS, "connections", 1, false},
    [METRICS_LIMIT_CONNECTIONS_PER_ADDRESS] = {LIMITS, "connections_per_address", 1, false},
    [METRICS_LIMIT_CONNECTIONS_PER_DEVICE] = {LIMITS, "connections_per_device", 1, false},
    [METRICS_LIMIT_REQUESTS] = {LIMITS, "requests", 1, false},
    [METRICS_LIMIT_OPERATIONS] = {LIMITS, "operations", 1, false},
    [METRICS_LIMIT_QUEUED] = {LIMITS, "queued", 1, false},
    [METRICS_LIMIT_OUTPUT] = {LIMITS, "output", 1, false},
    [METRICS_LIMIT_OUTPUT_MAX] = {LIMITS, "output_max", 1, false},
    [METRICS_LIMIT_FRAME_SIZE] = {LIMITS, "frame_size", 1, false},
    [METRICS_LIMIT_DOCUMENTS] = {LIMITS, "documents", 1, false},
    [METRICS_LIMIT_JOINS] = {LIMITS, "joins_per_minute", 1, false},
    [METRICS_CONNECTIONS] = {"concert_connections", "gauge", "Connections.", NULL, NULL, 1, false},
    [METRICS_HANDSHAKING] = {STATES, "handshake", 1, false},
    [METRICS_OPEN] = {STATES, "open", 1, false},
    [METRICS_BROKEN] = {STATES, "broken", 1, false},
    [METRICS_ENDING] = {STATES, "ending", 1, false},
    [METRICS_CLOSED] = {STATES, "closed", 1, false},
    [METRICS_REQUESTS_UNDER_WAY] = {"concert_requests_under_way", "gauge",
        "Requests that are not over, those that follow included.", NULL, NULL, 1, false},
    [METRICS_PROCESS_MEMORY] = {"process_resident_memory_bytes", "gauge",
        "Resident memory, of all workers.", NULL, NULL, 1, false},
    [METRICS_PROCESS_DESCRIPTORS] = {"process_open_fds", "gauge",
        "Open file descriptors, of all workers.", NULL, NULL, 1, false},
    [METRICS_PROCESS_DESCRIPTORS_MAX] = {"process_max_fds", "gauge",
        "File descriptors that may be open, of all workers.", NULL, NULL, 1, false},
    [METRICS_ACCEPTED] = {"concert_connections_accepted_total", "counter",
        "Connections that were accepted.", NULL, NULL, 1, false},
    [METRICS_HANDSHAKES_DONE] = {"concert_handshakes_total", "counter", "TLS handshakes.",
        "outcome", "done", 1, false},
    [METRICS_HANDSHAKES_FAILED] = {"concert_handshakes_total", "counter", "TLS handshakes.",
        "outcome", "failed", 1, false},
    [METRICS_BYTES_IN] = {"concert_received_bytes_total", "counter",
        "Bytes of frames from clients, inside TLS.", NULL, NULL, 1, false},
    [METRICS_BYTES_OUT] = {"concert_sent_bytes_total", "counter",
        "Bytes of frames to clients, inside TLS.", NULL, NULL, 1, false},
    [METRICS_DOCUMENT_BYTES_IN] = {DOCUMENTS, "in", 1, false},
    [METRICS_DOCUMENT_BYTES_OUT] = {DOCUMENTS, "out", 1, false},
    [METRICS_OPERATIONS] = {"concert_operations_total", "counter",
        "Operations that were committed.", NULL, NULL, 1, false},
    [METRICS_BATCHES_REFUSED] = {"concert_batches_refused_total", "counter",
        "Batches that PostgreSQL refused, so that they were run again in parts.", NULL, NULL, 1,
        false},
    [METRICS_DATABASE_LOST] = {"concert_database_lost_total", "counter",
        "Connections to PostgreSQL that failed or were lost.", NULL, NULL, 1, false},
    [METRICS_DATABASE_FAILED] = {"concert_database_refused_total", "counter",
        "Statements that PostgreSQL refused.", NULL, NULL, 1, false},
    [METRICS_RELOADS_DONE] = {RELOADS, "done", 1, false},
    [METRICS_RELOADS_REFUSED] = {RELOADS, "refused", 1, false},
    [METRICS_WORKERS_DIED] = {"concert_workers_died_total", "counter",
        "Workers that ended without being told to.", NULL, NULL, 1, false},
    [METRICS_PROCESS_CPU] = {"process_cpu_seconds_total", "counter",
        "CPU time, of all workers, the dead included.", NULL, NULL, MICRO, false},
};

#define ROUND_TRIP                                                                                 \
    "concert_database_seconds", "histogram",                                                       \
        "Round trips to PostgreSQL: those of batches, and all others as read.", "turn"

static const struct metrics_row histograms[METRICS_HISTOGRAMS] = {
    [METRICS_DATABASE_READ] = {ROUND_TRIP, "read", MICRO, false},
    [METRICS_BATCH_OPERATIONS] = {"concert_batch_operations", "histogram",
        "Operations that a batch committed.", NULL, NULL, 1, false},
    [METRICS_BATCH_TIME] = {"concert_batch_seconds", "histogram",
        "Batches, from the begin to the last answer.", NULL, NULL, MICRO, false},
    [METRICS_HANDSHAKE_TIME] = {"concert_handshake_seconds", "histogram",
        "TLS handshakes, from accept on.", NULL, NULL, MICRO, false},
    [METRICS_DATABASE_BEGIN] = {ROUND_TRIP, "begin", MICRO, false},
    [METRICS_DATABASE_COMMIT] = {ROUND_TRIP, "commit", MICRO, false},
    [METRICS_DATABASE_ROLLBACK] = {ROUND_TRIP, "rollback", MICRO, false},
};

#define UP "concert_database_connections", "gauge", "Connections to PostgreSQL that are up.", "pool"
#define WAITING                                                                                    \
    "concert_database_waiting", "gauge", "Jobs that wait for a connection to PostgreSQL.", "pool"

static const struct metrics_row regions[METRICS_REGION_NUMBERS] = {
    [METRICS_REGION_UNREADY] = {"concert_region_unready", "gauge",
        "0: ready, 1: loading, 2: the database is away, 3: its schema is another version's.", NULL,
        NULL, 1, true},
    [METRICS_REGION_HEAD] = {"concert_region_head_seq", "gauge", "The end of the region's log.",
        NULL, NULL, 1, true},
    [METRICS_REGION_FEED_ENTRIES] = {"concert_feed_entries", "gauge", "Changes held in memory.",
        NULL, NULL, 1, false},
    [METRICS_REGION_FEED_BYTES] = {"concert_feed_bytes", "gauge",
        "Bytes of changes held in memory.", NULL, NULL, 1, false},
    [METRICS_REGION_QUEUED] = {"concert_queued_operations", "gauge",
        "Operations that wait for the writer.", NULL, NULL, 1, false},
    [METRICS_REGION_FOLLOWERS] = {"concert_followers", "gauge", "Pulls that follow.", NULL, NULL, 1,
        false},
    [METRICS_REGION_LAG] = {"concert_follower_lag_seqs", "gauge",
        "How far behind the log's end the last of the followers is.", NULL, NULL, 1, true},
    [METRICS_REGION_WRITER_UP] = {UP, "writer", 1, false},
    [METRICS_REGION_READERS_UP] = {UP, "readers", 1, false},
    [METRICS_REGION_DOCUMENTS_UP] = {UP, "documents", 1, false},
    [METRICS_REGION_WRITER_WAITING] = {WAITING, "writer", 1, false},
    [METRICS_REGION_READERS_WAITING] = {WAITING, "readers", 1, false},
    [METRICS_REGION_DOCUMENTS_WAITING] = {WAITING, "documents", 1, false},
    [METRICS_REGION_SCHEMA] = {"concert_schema_version", "gauge",
        "The version of the region's schema; 0: not known.", NULL, NULL, 1, true},
};

static const struct metrics_row times[METRICS_TIMES] = {
    [METRICS_STARTED] = {"process_start_time_seconds", "gauge",
        "When the server started, in seconds since 1970 UTC.", NULL, NULL, 1, false},
    [METRICS_RELOADED] = {"concert_settings_reload_timestamp_seconds", "gauge",
        "When settings were last taken, in seconds since 1970 UTC.", NULL, NULL, 1, false},
    [METRICS_CERTIFICATE_EXPIRES] = {"concert_certificate_expires_timestamp_seconds", "gauge",
        "When the server's certificate ends, in seconds since 1970 UTC.", NULL, NULL, 1, false},
};

const struct metrics_row *metrics_table_number(enum metrics_number number)
{
    return &numbers[number];
}

const struct metrics_row *metrics_table_histogram(enum metrics_histogram histogram)
{
    return &histograms[histogram];
}

const struct metrics_row *metrics_table_region(enum metrics_region_number number)
{
    return &regions[number];
}

const struct metrics_row *metrics_table_time(enum metrics_time which)
{
    return &times[which];
}
