package org.jetfanout.sink.logstash;

import java.util.List;
import org.jetfanout.sink.ConfirmedStream;
import org.jetfanout.sink.Setting;
import org.jetfanout.sink.SettingType;

/** The settings of the Logstash sink. */
public final class LogstashSettings {
    static final Setting<String> URL =
            Setting.of(
                            "url",
                            SettingType.url(List.of("tcp", "tls")),
                            "`tcp://name:port` or `tls://name:port`")
                    .needed();

    /** All settings of the sink. */
    public static final List<Setting<?>> ALL = Setting.all(List.of(URL), ConfirmedStream.SETTINGS);

    private LogstashSettings() {}
}
