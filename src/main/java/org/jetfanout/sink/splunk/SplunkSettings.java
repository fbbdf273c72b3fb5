package org.jetfanout.sink.splunk;

import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jetfanout.sink.Setting;
import org.jetfanout.sink.SettingType;
import org.jetfanout.sink.SinkHttp;

/** The settings of the Splunk sink. */
public final class SplunkSettings {
    static final Setting<String> URL =
            Setting.of(
                            "url",
                            SettingType.url(List.of("http", "https")),
                            "`https://name:8088`, without a path")
                    .needed();

    static final Setting<String> TOKEN =
            Setting.of(
                            "token",
                            SettingType.text(Pattern.compile("[\\x21-\\x7e]+"), "must be one word"),
                            "the token; better as `JET_FANOUT_SPLUNK_TOKEN`. The sink sends it as"
                                    + " a header and never logs it")
                    .needed()
                    .hidden();

    static final Setting<String> INDEX =
            Setting.of("index", SettingType.text(), "an index that the token may write to")
                    .without("the token's");

    static final Setting<String> ACKNOWLEDGE =
            Setting.of(
                            "acknowledge",
                            SettingType.word(
                                    List.of("auto", "true", "false"),
                                    "must be auto, true or false"),
                            "indexer acknowledgement: `auto` uses it if the token has it, `true`"
                                    + " requires it, `false` does not use it")
                    .orElse("auto");

    static final Setting<Duration> ACKNOWLEDGE_TIMEOUT =
            Setting.of(
                            "acknowledge-timeout",
                            SettingType.timeout(),
                            "the sink sends events again that are not acknowledged within this time")
                    .orElse("3m");

    static final Setting<UUID> CHANNEL =
            Setting.of(
                            "channel",
                            new SettingType<>("GUID", SplunkSettings::guid),
                            "the GUID of the request channel; by default, one for the life of the"
                                    + " process")
                    .without("random");

    /** Below the 1,000,000 bytes that older Splunks accept; newer ones accept 800 MB. */
    static final Setting<Long> REQUEST_BYTES =
            Setting.of(
                            "request-bytes",
                            SettingType.size(1000, Long.MAX_VALUE),
                            "maximum bytes of a request before compression. Older versions of"
                                    + " Splunk accept 1,000,000, newer ones 800 MB (`max_content_length` in"
                                    + " limits.conf). If a collector answers that a request is too large"
                                    + " (413), the sink halves this")
                    .orElse("800000");

    /** All settings of the sink. */
    public static final List<Setting<?>> ALL =
            Setting.all(
                    List.of(
                            URL,
                            TOKEN,
                            INDEX,
                            ACKNOWLEDGE,
                            ACKNOWLEDGE_TIMEOUT,
                            CHANNEL,
                            REQUEST_BYTES),
                    SinkHttp.SETTINGS);

    private SplunkSettings() {}

    private static UUID guid(String text) {
        try {
            return UUID.fromString(text);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("must be a GUID", e);
        }
    }
}
