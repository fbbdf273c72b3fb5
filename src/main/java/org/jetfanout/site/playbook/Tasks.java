package org.jetfanout.site.playbook;

import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;

/**
 * Finds and edits the hosts and files that a list of tasks refers to. Tasks of an unexpected shape
 * are left to the runner.
 */
final class Tasks {
    /** The folder in which jetp looks for a relative {@code src}, by the tag of the task. */
    private static final Map<String, String> FOLDERS =
            Map.of("!copy", "files", "!template", "templates");

    private Tasks() {}

    static Delegation delegation(List<YamlValue> tasks) {
        Set<String> hosts = new LinkedHashSet<>();
        Set<String> templates = new LinkedHashSet<>();
        for (YamlValue task : tasks) {
            entry(task, "with")
                    .flatMap(with -> entry(with, "delegate_to"))
                    .flatMap(Tasks::text)
                    .ifPresent(host -> (isTemplate(host) ? templates : hosts).add(host));
        }
        return new Delegation(hosts, templates);
    }

    /** Edits the node tree and, in the same way, the text. Returns whether anything changed. */
    static boolean rewriteSources(List<YamlValue> tasks, SourceRewriter rewriter, TextEdits edits) {
        Set<Node> done = Collections.newSetFromMap(new IdentityHashMap<>());
        boolean changed = false;
        for (YamlValue task : tasks) {
            String folder = folder(task);
            Optional<YamlValue> source = entry(task, "src");
            // an alias refers to the same task again
            if (folder == null || source.isEmpty() || !done.add(task.node())) {
                continue;
            }
            Optional<String> path = text(source.get()).filter(text -> !isTemplate(text));
            Optional<String> instead =
                    path.flatMap(text -> rewriter.rewrite(folder, text, source.get().line()));
            if (instead.isPresent()) {
                edits.value((MappingNode) task.node(), "src", TextEdits.quoted(instead.get()));
                Nodes.put((MappingNode) task.node(), "src", Nodes.text(instead.get()));
                changed = true;
            }
        }
        return changed;
    }

    /** The folder in which the runner looks for the source of a task; null where it has none. */
    private static String folder(YamlValue task) {
        String tag = task.node().getTag().getValue();
        boolean wholeFolder =
                tag.equals("!copy")
                        && entry(task, "recursive")
                                .flatMap(Tasks::text)
                                .orElse("")
                                .equalsIgnoreCase("true");
        return wholeFolder ? SourceRewriter.WHOLE_FOLDER : FOLDERS.get(tag);
    }

    private static Optional<YamlValue> entry(YamlValue value, String key) {
        return value.isMapping()
                ? Nodes.get((MappingNode) value.node(), key)
                        .map(node -> new YamlValue(value.file(), node))
                : Optional.empty();
    }

    private static Optional<String> text(YamlValue value) {
        return value.isScalar() && !value.isNull()
                ? Optional.of(value.text("text"))
                : Optional.empty();
    }

    private static boolean isTemplate(String text) {
        return text.contains("{{");
    }
}
