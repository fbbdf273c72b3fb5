package org.jetfanout.playbook;

import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jetfanout.yaml.YamlValue;

/** A role's file of tasks or handlers, opened to be edited. Not thread-safe. */
public final class TaskFile {
    private final Optional<YamlValue> document;

    private TaskFile(Optional<YamlValue> document) {
        this.document = document;
    }

    /** Reads the file; fails where there is none, it is no YAML, or the check refuses it. */
    public static TaskFile read(Path file, PlaybookCheck check) {
        Optional<YamlValue> document =
                YamlValue.parse(file, SourceText.read(file, "file of tasks"));
        document.ifPresent(check::tasks);
        return new TaskFile(document);
    }

    /** The hosts that its tasks are delegated to. */
    public Delegation delegation() {
        return Tasks.delegation(tasks());
    }

    /** The file's new text where the rewriter changed anything; empty where it stays as it is. */
    public Optional<String> rewriteSources(SourceRewriter rewriter) {
        return Tasks.rewriteSources(tasks(), rewriter)
                ? Optional.of(YamlText.write(document.orElseThrow().node()))
                : Optional.empty();
    }

    private List<YamlValue> tasks() {
        return document.filter(YamlValue::isSequence)
                .map(value -> value.sequence("tasks"))
                .orElse(List.of());
    }
}
