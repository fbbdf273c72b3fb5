package org.jetfanout.sink;

import java.time.Duration;
import java.util.List;

/** The settings that every sink has, and one that many sinks have. */
public final class SharedSettings {
    /** The most documents of a delivery. */
    public static final Setting<Integer> RECORDS =
            Setting.of(
                            "records",
                            SettingType.number(1, 100_000),
                            "maximum number of records in a delivery")
                    .orElse("5000");

    /** The most bytes of a delivery. */
    public static final Setting<Long> BYTES =
            Setting.of(
                            "bytes",
                            SettingType.size(1 << 10, 100 << 20),
                            "maximum number of bytes of JSON in a delivery")
                    .orElse("5MiB");

    /** How many bytes of the run record may wait for the sink. */
    public static final Setting<Long> BACKLOG_LIMIT =
            Setting.of(
                            "backlog-limit",
                            SettingType.size(0, Long.MAX_VALUE),
                            "how far the sink may fall behind, in bytes of the run record, such as"
                                    + " `500MiB` or `2GiB`")
                    .without("none");

    /** How long connecting may take. Sinks that connect have it. */
    public static final Setting<Duration> CONNECT_TIMEOUT =
            Setting.of(
                            "connect-timeout",
                            SettingType.timeout(),
                            "time limit for connecting, and for each step of the TLS handshake")
                    .orElse("10s");

    /** The settings of every sink. */
    public static final List<Setting<?>> ALL = List.of(RECORDS, BYTES, BACKLOG_LIMIT);

    private SharedSettings() {}
}
