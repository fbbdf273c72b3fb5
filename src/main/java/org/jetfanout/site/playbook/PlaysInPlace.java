package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.site.playbook.PlaybookTree.PlayEdit;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/** Cuts and edits the plays of a playbook's text where they stand. Used once; not thread-safe. */
final class PlaysInPlace {
    private static final String VARS_FILES = "vars_files";

    private final String text;
    private final SequenceNode original;
    private final boolean oneLine;

    // Mutable state
    private final TextEdits edits;

    /** Where the line of each play's dash begins, then where the last play ends. */
    private final List<Integer> starts = new ArrayList<>();

    /**
     * @param original the plays as they stand in the text
     * @param edits of the text, to which more are added
     * @param oneLine whether each play that reads one more file of variables becomes one line, and
     *     cut lines begin with a comment: for texts that would not be read as they should
     */
    PlaysInPlace(String text, SequenceNode original, TextEdits edits, boolean oneLine) {
        this.text = text;
        this.original = original;
        this.edits = edits;
        this.oneLine = oneLine;
    }

    /** The text of some plays; empty where they do not stand there one after the other. */
    Optional<String> text(BitSet kept, Map<Integer, PlayEdit> playEdits, List<Node> wanted) {
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
                edits.lines(
                        starts.get(i), starts.get(i + 1), above(i + 1, kept, playEdits), oneLine);
            }
        }
        int next = 0;
        for (int i = kept.nextSetBit(0); i >= 0; i = kept.nextSetBit(i + 1)) {
            MappingNode play = (MappingNode) wanted.get(next++);
            PlayEdit edit = playEdits.get(i);
            if (edit != null && !edit.isNone()) {
                edit(i, edit, play, i > 0 && !kept.get(i - 1));
            }
        }
        return Optional.of(edits.apply());
    }

    /** Where the line with a play's dash begins; less than 0 where there is none. */
    private int dashLine(int start) {
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

    private MappingNode play(int number) {
        return (MappingNode) original.getValue().get(number);
    }

    private static boolean isFlow(MappingNode play) {
        return play.getFlowStyle() == FlowStyle.FLOW;
    }

    private boolean becomesOneLine(PlayEdit edit) {
        return oneLine && edit.firstVarsFile().isPresent();
    }

    /**
     * Edits a play.
     *
     * @param wanted what the play must say
     * @param roomAbove whether the play before it is cut
     */
    private void edit(int number, PlayEdit edit, MappingNode wanted, boolean roomAbove) {
        MappingNode play = play(number);
        if (becomesOneLine(edit)) {
            int from = starts.get(number);
            int to = Math.max(from, edits.trimmed(starts.get(number + 1)));
            edits.replace(from, to, " ".repeat(column()) + "- " + FlowText.of(wanted));
            return;
        }
        if (!edit.groups().isEmpty()) {
            edits.value(play, "groups", TextEdits.quoted(edit.groups()));
        }
        set(play, "ssh_user", edit.sshUser().map(TextEdits::quoted));
        set(play, "ssh_port", edit.sshPort());
        Optional<String> files =
                edit.firstVarsFile().map(file -> FlowText.of(Nodes.items(wanted, VARS_FILES)));
        set(play, VARS_FILES, files);
        List<String> keys = keys(play, edit);
        if (!roomAbove && !isFlow(play)) {
            RoomInPlay room =
                    new RoomInPlay(
                            text,
                            edits,
                            play,
                            starts.get(number + 1),
                            number + 1 == original.getValue().size());
            keys.stream()
                    .filter(key -> key.startsWith(VARS_FILES))
                    .findAny()
                    .ifPresent(key -> room.put(key, wanted));
            keys.removeIf(key -> key.startsWith(VARS_FILES));
        }
        if (keys.isEmpty()) {
            return;
        }
        int start = edits.start(play).orElseThrow();
        if (isFlow(play)) {
            int brace = text.indexOf('{', start);
            edits.replace(brace, brace + 1, "{ " + String.join(", ", keys) + ", ");
        } else {
            // the new keys go into the blank lines of the play before this one, where that is cut;
            // else before the play's own first line
            int line = starts.get(number);
            int dash = line + column();
            String lines = roomAbove ? "" : String.join("\n", first(play, keys)) + "\n";
            edits.replace(line, dash + 1, lines + " ".repeat(column() + 1));
        }
    }

    /** The lines that go to the end of a cut play: the first keys of the play that follows it. */
    private List<String> above(int number, BitSet kept, Map<Integer, PlayEdit> playEdits) {
        PlayEdit edit = playEdits.get(number);
        if (!kept.get(number) || edit == null || isFlow(play(number)) || becomesOneLine(edit)) {
            return List.of();
        }
        return first(play(number), keys(play(number), edit));
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
        if (edit.firstVarsFile().isPresent() && Nodes.get(play, VARS_FILES).isEmpty()) {
            keys.add(VARS_FILES + ": " + TextEdits.quoted(List.of(edit.firstVarsFile().get())));
        }
        return keys;
    }

    private void set(MappingNode play, String key, Optional<String> value) {
        if (value.isPresent() && Nodes.get(play, key).isPresent()) {
            edits.value(play, key, value.get());
        }
    }
}
