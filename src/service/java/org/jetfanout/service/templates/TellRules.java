package org.jetfanout.service.templates;

import java.net.URI;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PemFiles;
import org.jetfanout.service.config.SecretFile;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Quoted;

/**
 * Who is told when a run of a template has ended. Immutable.
 *
 * @param url to send to
 * @param secret that signs what is sent
 * @param authorities a file with the certificates to trust; empty for those of the JDK
 */
public record TellRules(URI url, SecretFile secret, Optional<Path> authorities) {
    private static final Set<String> KEYS = new TreeSet<>(Set.of("url", "secret_file", "ca"));
    private static final Set<String> SCHEMES = Set.of("http", "https");

    static TellRules read(ServiceConfig config, YamlValue section) {
        Map<String, YamlValue> keys = ServiceConfig.keys(section, "tell", KEYS);
        for (String needed : Set.of("url", "secret_file")) {
            if (!keys.containsKey(needed)) {
                throw section.error("tell needs '" + needed + ":'");
            }
        }
        Optional<Path> authorities =
                Optional.ofNullable(keys.get("ca")).map(value -> config.path(value, "ca"));
        authorities.ifPresent(
                file -> {
                    try {
                        PemFiles.certificates(file);
                    } catch (IllegalArgumentException e) {
                        throw keys.get("ca").error("ca: " + e.getMessage());
                    }
                });
        return new TellRules(
                url(keys.get("url")),
                SecretFile.read(config, keys.get("secret_file"), "secret_file"),
                authorities);
    }

    private static URI url(YamlValue value) {
        String text = value.text("url");
        try {
            URI url = URI.create(text);
            if (url.getScheme() != null
                    && SCHEMES.contains(url.getScheme().toLowerCase(Locale.ROOT))
                    && url.getHost() != null
                    && url.getRawUserInfo() == null
                    && url.getRawFragment() == null) {
                return url;
            }
            throw wrong(value, url.getRawUserInfo() == null ? text : "one with a password");
        } catch (IllegalArgumentException e) {
            throw wrong(value, text);
        }
    }

    private static ConfigurationException wrong(YamlValue value, String text) {
        return value.error(
                "url must be one of http or https without a login, such as"
                        + " https://chat.example.org/hooks/1, not "
                        + Quoted.of(text));
    }
}
