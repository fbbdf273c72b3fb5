package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.playbook.PlaybookTree.PlayEdit;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Writes the text of a slice of a playbook, with the line numbers of the original: the lines of
 * plays that are cut become blank. Used once.
 */
final class PlaybookText {
    private final Playbook playbook;

    /** The plays as they were read, before any edit of them. */
    private final SequenceNode original;

    private final TextEdits edits;

    /**
     * @param edits the edits that every slice has
     */
    PlaybookText(Playbook playbook, SequenceNode original, TextEdits edits) {
        this.playbook = playbook;
        this.original = original;
        this.edits = edits.copy();
    }

    /**
     * The text of some plays.
     *
     * @param kept the numbers of these plays
     * @param playEdits by number of the play
     * @param wanted the plays that the text must give when it is read
     */
    String of(BitSet kept, Map<Integer, PlayEdit> playEdits, List<Node> wanted) {
        if (original.getFlowStyle() == FlowStyle.BLOCK) {
            Optional<String> text = inPlace(kept, playEdits);
            if (text.isPresent() && says(text.get(), wanted)) {
                return text.get();
            }
        }
        return anew(kept, wanted);
    }

    private Optional<String> inPlace(BitSet kept, Map<Integer, PlayEdit> playEdits) {
        List<Integer> starts = new ArrayList<>();
        for (Node play : original.getValue()) {
            Optional<Integer> start = edits.start(play).map(this::dashLine);
            if (start.isEmpty() || start.get() < 0) {
                return Optional.empty();
            }
            if (!starts.isEmpty() && start.get() <= starts.get(starts.size() - 1)) {
                return Optional.empty(); // an alias: the play stands further up
            }
            starts.add(start.get());
        }
        Optional<Integer> end = edits.end(original);
        if (end.isEmpty()) {
            return Optional.empty();
        }
        starts.add(end.get());
        for (int i = 0; i < original.getValue().size(); i++) {
            if (!kept.get(i)) {
                edits.lines(starts.get(i), starts.get(i + 1), above(i + 1, kept, playEdits));
            }
        }
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            PlayEdit edit = playEdits.get(i);
            if (edit != null && !edit.isNone()) {
                edit(i, starts.get(i), edit, i > 0 && !kept.get(i - 1));
            }
        }
        return Optional.of(edits.apply());
    }

    /** Where the line with a play's dash begins; less than 0 where there is none. */
    private int dashLine(int start) {
        String text = playbook.text();
        int column = column();
        int line = edits.lineStart(start);
        while (line >= 0) {
            int dash = line + column;
            if (dash < text.length()
                    && text.charAt(dash) == '-'
                    && text.substring(line, dash).isBlank()) {
                return line;
            }
            line = line == 0 ? -1 : edits.lineStart(line - 1);
        }
        return -1;
    }

    /** The column of the dashes. */
    private int column() {
        return original.getStartMark().map(mark -> mark.getColumn()).orElse(0);
    }

    private void edit(int number, int line, PlayEdit edit, boolean roomAbove) {
        MappingNode play = (MappingNode) original.getValue().get(number);
        if (!edit.groups().isEmpty()) {
            edits.value(play, "groups", TextEdits.quoted(edit.groups()));
        }
        List<String> keys = keys(play, edit);
        set(play, "ssh_user", edit.sshUser().map(TextEdits::quoted));
        set(play, "ssh_port", edit.sshPort());
        if (keys.isEmpty()) {
            return;
        }
        int start = edits.start(play).orElseThrow();
        if (play.getFlowStyle() == FlowStyle.FLOW) {
            int brace = playbook.text().indexOf('{', start);
            edits.replace(brace, brace + 1, "{ " + String.join(", ", keys) + ", ");
        } else {
            // the new keys go into the blank lines of the play before this one, where that is cut;
            // else before the play's own first line
            int dash = line + column();
            String lines = roomAbove ? "" : String.join("\n", first(play, keys)) + "\n";
            edits.replace(line, dash + 1, lines + " ".repeat(column() + 1));
        }
    }

    /** The lines that go to the end of a cut play: the first keys of the play that follows it. */
    private List<String> above(int number, BitSet kept, Map<Integer, PlayEdit> playEdits) {
        PlayEdit edit = playEdits.get(number);
        if (!kept.get(number)
                || edit == null
                || (original.getValue().get(number) instanceof MappingNode flow
                        && flow.getFlowStyle() == FlowStyle.FLOW)) {
            return List.of();
        }
        MappingNode play = (MappingNode) original.getValue().get(number);
        return first(play, keys(play, edit));
    }

    /** The keys as the first lines of a play. */
    private List<String> first(MappingNode play, List<String> keys) {
        int column = play.getStartMark().map(mark -> mark.getColumn()).orElse(column() + 2);
        List<String> lines = new ArrayList<>();
        for (String key : keys) {
            String indent = " ".repeat(column());
            lines.add(
                    lines.isEmpty()
                            ? indent + "-" + " ".repeat(Math.max(1, column - column() - 1)) + key
                            : " ".repeat(column) + key);
        }
        return lines;
    }

    /** The keys to add, because the play does not have them yet. */
    private static List<String> keys(MappingNode play, PlayEdit edit) {
        List<String> keys = new ArrayList<>();
        if (edit.sshUser().isPresent() && Nodes.get(play, "ssh_user").isEmpty()) {
            keys.add("ssh_user: " + TextEdits.quoted(edit.sshUser().get()));
        }
        if (edit.sshPort().isPresent() && Nodes.get(play, "ssh_port").isEmpty()) {
            keys.add("ssh_port: " + edit.sshPort().get());
        }
        return keys;
    }

    private void set(MappingNode play, String key, Optional<String> value) {
        if (value.isPresent() && Nodes.get(play, key).isPresent()) {
            edits.value(play, key, value.get());
        }
    }

    private boolean says(String text, List<Node> wanted) {
        try {
            Optional<YamlValue> read = YamlValue.parse(playbook.file(), text);
            return read.isPresent()
                    && SameData.unordered(read.get().node(), Nodes.list(wanted, FlowStyle.BLOCK));
        } catch (ConfigurationException e) {
            return false; // an alias whose anchor was cut, or another way to write YAML
        }
    }

    /** Writes the plays anew. Each play begins at its original line or below it. */
    private String anew(BitSet kept, List<Node> wanted) {
        StringBuilder text = new StringBuilder();
        int line = 1;
        int next = 0;
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            String play = YamlText.write(Nodes.list(List.of(wanted.get(next++)), FlowStyle.BLOCK));
            int blank = Math.max(0, playbook.plays().get(i).line() - line);
            text.append("\n".repeat(blank)).append(play);
            line += blank + (int) play.chars().filter(c -> c == '\n').count();
        }
        return text.toString();
    }
}
