package org.jetfanout.site.playbook;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;

/** A role's file of tasks or handlers, opened for editing. Not thread-safe. */
public final class TaskFile {
    private final String text;
    private final Optional<YamlValue> document;

    private TaskFile(String text, Optional<YamlValue> document) {
        this.text = text;
        this.document = document;
    }

    /**
     * Reads the file. It fails where the file does not exist, is invalid YAML, or does not pass the
     * check.
     */
    public static TaskFile read(Path file, PlaybookCheck check) {
        String text = JetpText.read(file, "file of tasks");
        Optional<YamlValue> document = YamlValue.parse(file, text);
        document.ifPresent(check::tasks);
        return new TaskFile(text, document);
    }

    /** The hosts that its tasks are delegated to. */
    public Delegation delegation() {
        return Tasks.delegation(tasks());
    }

    /**
     * Rewrites the local files that the tasks name. Returns the file's new text; empty where
     * nothing changed.
     */
    public Optional<String> rewriteSources(SourceRewriter rewriter) {
        TextEdits edits = new TextEdits(text);
        return Tasks.rewriteSources(tasks(), rewriter, edits)
                ? Optional.of(edited(document.orElseThrow(), edits.apply()))
                : Optional.empty();
    }

    /**
     * The edited text with the lines of the original. Where the edits in place give other data, the
     * text is written anew.
     */
    private static String edited(YamlValue wanted, String text) {
        try {
            Optional<YamlValue> read = YamlValue.parse(wanted.file(), text);
            if (read.isPresent() && SameData.of(read.get().node(), wanted.node())) {
                return text;
            }
        } catch (ConfigurationException e) {
            // an alias whose anchor was replaced, or an unusual way to write YAML
        }
        return YamlText.write(wanted.node());
    }

    private List<YamlValue> tasks() {
        return document.filter(YamlValue::isSequence)
                .map(value -> value.sequence("tasks"))
                .orElse(List.of());
    }
}
