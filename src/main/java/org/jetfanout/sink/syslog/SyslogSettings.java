package org.jetfanout.sink.syslog;

import java.util.List;
import org.jetfanout.sink.ConfirmedStream;
import org.jetfanout.sink.Setting;
import org.jetfanout.sink.SettingType;

/** The settings of the syslog sink. */
public final class SyslogSettings {
    /** The size that every receiver must accept (RFC 5426 section 3.2). */
    static final int LEAST_SIZE = 480;

    private static final int LARGEST = 1 << 24;

    static final Setting<String> URL =
            Setting.of(
                            "url",
                            SettingType.url(List.of("tcp", "tls", "udp")),
                            "`tcp://host:port` (601), `tls://host:port` (6514) or"
                                    + " `udp://host:port` (514); the default port is in brackets")
                    .needed();

    static final Setting<String> FRAMING =
            Setting.of(
                            "framing",
                            SettingType.word(
                                    List.of("counted", "lines"), "must be counted or lines"),
                            "`counted`: the length before each message; `lines`: a line break"
                                    + " after it. Not for UDP")
                    .orElse("counted");

    static final Setting<String> FACILITY =
            Setting.of(
                            "facility",
                            SettingType.word(SyslogForm.FACILITIES, "no such facility"),
                            "the facility of each message")
                    .orElse("user");

    /** The number that RFC 5612 reserves for examples. */
    static final Setting<Integer> ENTERPRISE =
            Setting.of(
                            "enterprise",
                            SettingType.number(1, Integer.MAX_VALUE),
                            "your private enterprise number; the default is the number for examples")
                    .orElse("32473");

    static final Setting<Integer> SIZE =
            Setting.of(
                            "size",
                            SettingType.number(LEAST_SIZE, LARGEST),
                            "maximum bytes of a message; 8096 is the most that rsyslog accepts by"
                                    + " default")
                    .without("`8096`, UDP `1400`");

    static final Setting<Boolean> MARK =
            Setting.of(
                            "mark",
                            SettingType.flag(),
                            "a text that is not plain ASCII begins with a byte order mark, as"
                                    + " section 6.4 requires. syslog-ng removes the mark, rsyslog keeps it")
                    .orElse("true");

    static final Setting<Integer> RATE =
            Setting.of("rate", SettingType.number(1, 1_000_000), "UDP: maximum messages per second")
                    .orElse("5000");

    /** All settings of the sink. */
    public static final List<Setting<?>> ALL =
            Setting.all(
                    List.of(URL, FRAMING, FACILITY, ENTERPRISE, SIZE, MARK, RATE),
                    ConfirmedStream.SETTINGS);

    private SyslogSettings() {}
}
