package org.jetfanout.service.templates;

import com.fasterxml.jackson.core.JsonPointer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.service.config.SecretFile;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * Which webhooks start a template, and where in them the values of its variables are. Immutable.
 *
 * @param secret that the sender has, too
 * @param variables where the values are
 * @param repeat whether an equal body, of a sender that signs neither id nor time, is another
 *     webhook
 * @param only what a webhook must say to start a run; others are accepted and do nothing
 */
public record WebhookRules(
        SecretFile secret,
        Map<String, JsonPointer> variables,
        Map<JsonPointer, List<String>> only,
        boolean repeat) {
    private static final Set<String> KEYS =
            new TreeSet<>(Set.of("secret_file", "variables", "only", "repeat"));

    /** Copies the maps. */
    public WebhookRules {
        variables = Map.copyOf(variables);
        only = Map.copyOf(only);
    }

    static WebhookRules read(ServiceConfig config, YamlValue section, Set<String> known) {
        Map<String, YamlValue> keys = ServiceConfig.keys(section, "webhook", KEYS);
        if (!keys.containsKey("secret_file")) {
            throw section.error("a webhook needs 'secret_file:'");
        }
        Map<String, JsonPointer> variables = new LinkedHashMap<>();
        if (keys.containsKey("variables")) {
            for (YamlValue.Entry entry : keys.get("variables").entries("variables")) {
                if (!known.contains(entry.name())) {
                    throw entry.key()
                            .error(
                                    "the template has no variable "
                                            + Quoted.of(entry.name())
                                            + NearestName.hint(entry.name(), known));
                }
                variables.put(
                        entry.name(), pointer(entry.value(), entry.value().text("a JSON pointer")));
            }
        }
        Map<JsonPointer, List<String>> only = new LinkedHashMap<>();
        if (keys.containsKey("only")) {
            for (YamlValue.Entry entry : keys.get("only").entries("only")) {
                YamlValue value = entry.value();
                only.put(
                        pointer(entry.key(), entry.name()),
                        value.isSequence()
                                ? value.sequence("only").stream()
                                        .map(item -> item.text("a value"))
                                        .toList()
                                : List.of(value.text("a value")));
            }
        }
        return new WebhookRules(
                SecretFile.read(config, keys.get("secret_file"), "secret_file"),
                variables,
                only,
                keys.containsKey("repeat") && ServiceConfig.flag(keys.get("repeat"), "repeat"));
    }

    private static JsonPointer pointer(YamlValue value, String text) {
        try {
            if (text.startsWith("/")) {
                return JsonPointer.compile(text);
            }
        } catch (IllegalArgumentException e) {
            // reported below
        }
        throw value.error(
                "a JSON pointer begins with a slash, such as /release/tag, not " + Quoted.of(text));
    }
}
