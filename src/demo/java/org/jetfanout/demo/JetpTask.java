package org.jetfanout.demo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.site.yaml.YamlValue;

/**
 * A task that the stand-in supports.
 *
 * @param module {@code !echo} or {@code !shell}
 * @param name for people
 * @param text the message or command, a template
 * @param save name of the variable for the command's output; may be empty
 * @param tags by which {@code --tags} may choose it
 */
record JetpTask(String module, String name, String text, String save, List<String> tags) {
    private static final Pattern VARIABLE = Pattern.compile("\\{\\{\\s*([\\w.]+)\\s*}}");
    private static final Set<String> KEYS = Set.of("name", "msg", "cmd", "save", "unsafe", "with");

    JetpTask {
        tags = List.copyOf(tags);
    }

    /** A template uses a variable that the host does not have. */
    static final class TemplateException extends Exception {
        private static final long serialVersionUID = 1L;

        TemplateException(String variable) {
            super("Template error: Variable \"" + variable + "\" not found in strict mode.");
        }
    }

    static JetpTask read(YamlValue task) {
        String module = task.node().getTag().getValue();
        Map<String, YamlValue> keys = task.mapping("a task");
        String key =
                switch (module) {
                    case "!echo" -> "msg";
                    case "!shell" -> "cmd";
                    default ->
                            throw task.error(
                                    "the stand-in for jetp knows !echo and !shell, not " + module);
                };
        keys.forEach(
                (other, value) -> {
                    if (!KEYS.contains(other)) {
                        throw value.error("the stand-in for jetp does not know '" + other + "'");
                    }
                });
        YamlValue text = keys.get(key);
        if (text == null) {
            throw task.error(module + " has no " + key);
        }
        YamlValue name = keys.get("name");
        return new JetpTask(
                module,
                name != null ? name.text("name") : module.equals("!echo") ? "echo" : "Shell",
                text.text(key),
                keys.containsKey("save") ? keys.get("save").text("save") : "",
                tags(keys.get("with")));
    }

    private static List<String> tags(YamlValue with) {
        List<String> tags = new ArrayList<>();
        if (with != null) {
            with.mapping("with")
                    .forEach(
                            (key, value) -> {
                                if (!key.equals("tags")) {
                                    throw value.error(
                                            "the stand-in for jetp does not know '" + key + "'");
                                }
                                value.sequence("tags").forEach(tag -> tags.add(tag.text("tag")));
                            });
        }
        return tags;
    }

    boolean isEcho() {
        return module.equals("!echo");
    }

    /** The text with the values of a host's variables. */
    String text(Map<String, Object> variables) throws TemplateException {
        Matcher matcher = VARIABLE.matcher(text);
        StringBuilder filled = new StringBuilder();
        while (matcher.find()) {
            Object value = variables.get(matcher.group(1));
            if (value == null) {
                throw new TemplateException(matcher.group(1));
            }
            matcher.appendReplacement(filled, Matcher.quoteReplacement(value.toString()));
        }
        return matcher.appendTail(filled).toString();
    }
}
