package org.jetfanout.sink.elasticsearch;

import java.util.List;
import java.util.regex.Pattern;
import org.jetfanout.sink.Setting;
import org.jetfanout.sink.SettingType;
import org.jetfanout.sink.SinkHttp;

/** The settings of the Elasticsearch sink. */
public final class ElasticsearchSettings {
    /** Index names that the store allows and that need no escaping in a URL. */
    static final Pattern INDEX_NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,254}");

    static final Setting<String> URL =
            Setting.of(
                            "url",
                            SettingType.url(List.of("http", "https")),
                            "address of the store, with `https://` or `http://`; a path is kept")
                    .needed();

    static final Setting<String> INDEX =
            Setting.of(
                            "index",
                            SettingType.text(
                                    INDEX_NAME,
                                    "must be a name of lower-case letters, digits, '.', '_' and"
                                            + " '-'"),
                            "the data stream (or index, or alias)")
                    .orElse("logs-jetfanout.run-default");

    static final Setting<String> API_KEY =
            Setting.of(
                            "api-key",
                            SettingType.text(
                                    Pattern.compile("[\\x21-\\x7e]+"),
                                    "must be one word: id:key, or the form that Kibana shows"),
                            "as Kibana shows it, or `id:key`")
                    .hidden();

    static final Setting<String> USER =
            Setting.of("user", SettingType.text(), "name for basic authentication");

    static final Setting<String> PASSWORD =
            Setting.of("password", SettingType.text(), "its password").hidden();

    static final Setting<Boolean> GZIP =
            Setting.of("gzip", SettingType.flag(), "whether the sink compresses requests")
                    .orElse("true");

    static final Setting<Boolean> INSTALL_TEMPLATE =
            Setting.of(
                            "install-template",
                            SettingType.flag(),
                            "installs the index template before the first delivery, unless the store"
                                    + " already has this version or a newer one")
                    .orElse("false");

    /** All settings of the sink. */
    public static final List<Setting<?>> ALL =
            Setting.all(
                    List.of(URL, INDEX, API_KEY, USER, PASSWORD, GZIP, INSTALL_TEMPLATE),
                    SinkHttp.SETTINGS);

    private ElasticsearchSettings() {}
}
