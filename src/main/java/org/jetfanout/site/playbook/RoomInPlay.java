package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.List;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * Finds a line for one more key of a play, so that all other lines keep their numbers: a blank line
 * or a comment between its keys, else a line that becomes free where a value is written on one
 * line. Used once; not thread-safe.
 */
final class RoomInPlay {
    private final String text;
    private final TextEdits edits;
    private final MappingNode play;
    private final int end;
    private final boolean last;
    private final int column;

    /**
     * @param end where the next play begins, or where the last play ends
     * @param last whether it is the last play
     */
    RoomInPlay(String text, TextEdits edits, MappingNode play, int end, boolean last) {
        this.text = text;
        this.edits = edits;
        this.play = play;
        this.end = end;
        this.last = last;
        this.column = play.getStartMark().map(mark -> mark.getColumn()).orElse(0);
    }

    /**
     * Puts the key on such a line. Where there is none, it puts the key nowhere.
     *
     * @param key with its value
     * @param wanted what the values of the other keys must be
     */
    void put(String key, MappingNode wanted) {
        String line = " ".repeat(column) + key;
        if (!onFreeLine(line) && !atEnd(line)) {
            onFreedLine(line, wanted);
        }
    }

    private boolean onFreeLine(String line) {
        List<NodeTuple> tuples = play.getValue();
        int next = edits.lineStart(end);
        for (int i = tuples.size() - 1; i >= 0; i--) {
            int key = edits.start(tuples.get(i).getKeyNode()).orElse(0);
            int before = next == 0 ? 0 : edits.lineStart(next - 1);
            if (before > key && isFree(text.substring(before, next))) {
                int stop = next - 1;
                edits.replace(before, text.charAt(stop - 1) == '\r' ? stop - 1 : stop, line);
                return true;
            }
            next = edits.lineStart(key);
        }
        return false;
    }

    /** A comment further to the right might be a line of a text. */
    private boolean isFree(String line) {
        String found = line.strip();
        return found.isEmpty() || (found.startsWith("#") && line.indexOf('#') <= column);
    }

    /** Nothing follows whose lines could move. */
    private boolean atEnd(String line) {
        if (last) {
            boolean begun = end > 0 && text.charAt(end - 1) != '\n';
            edits.replace(end, end, (begun ? "\n" : "") + line + "\n");
        }
        return last;
    }

    private void onFreedLine(String line, MappingNode wanted) {
        List<NodeTuple> later = new ArrayList<>();
        for (NodeTuple tuple : play.getValue()) {
            if (isTasks(tuple)) {
                later.add(tuple);
            } else if (onFreedLine(line, tuple, wanted)) {
                return;
            }
        }
        for (NodeTuple tuple : later) {
            if (onFreedLineOfTask(line, tuple, wanted)) {
                return;
            }
        }
    }

    private static String key(NodeTuple tuple) {
        return tuple.getKeyNode() instanceof ScalarNode scalar ? scalar.getValue() : "";
    }

    private static boolean isTasks(NodeTuple tuple) {
        return key(tuple).equals("tasks") || key(tuple).equals("handlers");
    }

    private boolean onFreedLine(String line, NodeTuple tuple, MappingNode wanted) {
        int from = edits.end(tuple.getKeyNode()).orElse(0);
        int to = edits.valueEnd(from, tuple);
        if (edits.lines(from, to) == 0) {
            return false;
        }
        Node value = Nodes.get(wanted, key(tuple)).orElse(tuple.getValueNode());
        edits.value(play, key(tuple), FlowText.of(value) + "\n" + line);
        return true;
    }

    /** Only the last task changes its lines. */
    private boolean onFreedLineOfTask(String line, NodeTuple tuple, MappingNode wanted) {
        List<Node> said = Nodes.items(wanted, key(tuple));
        if (!(tuple.getValueNode() instanceof SequenceNode tasks) || said.isEmpty()) {
            return false;
        }
        Node task = tasks.getValue().get(tasks.getValue().size() - 1);
        int from = edits.start(task).orElse(0);
        int to = edits.end(task).map(edits::trimmed).orElse(0);
        if (to <= from || edits.lines(from, to) == 0) {
            return false;
        }
        edits.replace(from, to, FlowText.of(said.get(said.size() - 1)) + "\n" + line);
        return true;
    }
}
