package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Edits a YAML text in place. Lines that are not edited keep their numbers, so that a line number
 * from the runner is valid for the original. Callers must check the resulting data, because YAML
 * can be written in ways in which these edits fail. Not thread-safe.
 */
final class TextEdits {
    /** The text that replaces a part. Where two edits overlap, the one that begins first counts. */
    private record Edit(int from, int to, String instead) {}

    private static final Pattern ALIAS = Pattern.compile("[ \\t]*:[ \\t]*\\*[^\\s,\\[\\]{}]+");

    private final String text;

    // Mutable state
    private final List<Edit> edits;

    TextEdits(String text) {
        this(text, List.of());
    }

    private TextEdits(String text, List<Edit> edits) {
        this.text = text;
        this.edits = new ArrayList<>(edits);
    }

    /** A copy to which more edits may be added. */
    TextEdits copy() {
        return new TextEdits(text, edits);
    }

    /** Sets the value of a key of the mapping. It replaces an earlier edit of the same value. */
    void value(MappingNode mapping, String key, String value) {
        for (NodeTuple tuple : mapping.getValue()) {
            if (tuple.getKeyNode() instanceof ScalarNode scalar && scalar.getValue().equals(key)) {
                end(tuple.getKeyNode())
                        .ifPresent(
                                from -> {
                                    edits.removeIf(edit -> edit.from() == from);
                                    replace(from, valueEnd(from, tuple), ": " + value);
                                });
            }
        }
    }

    /** The index at which a value ends that begins with the colon after its key. */
    int valueEnd(int from, NodeTuple tuple) {
        Matcher alias = ALIAS.matcher(text).region(from, text.length());
        if (alias.lookingAt()) {
            return alias.end(); // its node ends where the anchor is
        }
        return Math.max(from, end(tuple.getValueNode()).map(this::trimmed).orElse(from));
    }

    /** Replaces a part. Blank lines keep the number of lines. */
    void replace(int from, int to, String instead) {
        int more = lines(from, to) - (int) instead.chars().filter(c -> c == '\n').count();
        edits.add(new Edit(from, to, instead + "\n".repeat(Math.max(0, more))));
    }

    /** How many lines end in a part. */
    int lines(int from, int to) {
        return (int) text.substring(from, to).chars().filter(c -> c == '\n').count();
    }

    /**
     * Replaces whole lines. The given lines become the last of them, and the others become blank.
     *
     * @param comment whether the first of the others is a comment instead, so that they do not
     *     belong to a text before them
     */
    void lines(int from, int to, List<String> last, boolean comment) {
        int blank = Math.max(0, lines(from, to) - last.size());
        String gone = (comment && blank > 0 ? "#" : "") + "\n".repeat(blank);
        edits.add(
                new Edit(
                        from,
                        to,
                        gone
                                + last.stream()
                                        .map(line -> line + "\n")
                                        .collect(Collectors.joining())));
    }

    /** The text with all edits. */
    String apply() {
        List<Edit> sorted = new ArrayList<>(edits);
        sorted.sort(
                Comparator.comparingInt(Edit::from)
                        .thenComparing(Comparator.comparingInt(Edit::to).reversed()));
        StringBuilder result = new StringBuilder(text.length());
        int at = 0;
        for (Edit edit : sorted) {
            if (edit.from() >= at) {
                result.append(text, at, edit.from()).append(edit.instead());
                at = edit.to();
            }
        }
        return result.append(text, at, text.length()).toString();
    }

    /**
     * The index in the text at which a node begins; empty where the node did not come from the
     * text.
     */
    Optional<Integer> start(Node node) {
        return node.getStartMark().map(this::offset);
    }

    /**
     * The index in the text at which a node ends. This may include the space before the next node.
     */
    Optional<Integer> end(Node node) {
        return node.getEndMark().map(this::offset);
    }

    /** The index at which the line of a place begins. */
    int lineStart(int at) {
        return text.lastIndexOf('\n', at - 1) + 1;
    }

    /** A text in double quotes, as YAML on one line. */
    static String quoted(String value) {
        StringBuilder quoted = new StringBuilder("\"");
        value.codePoints()
                .forEach(
                        c -> {
                            if (c == '"' || c == '\\') {
                                quoted.append('\\').appendCodePoint(c);
                            } else if (c < ' ' || (c >= 0x7f && c <= 0xa0)) {
                                quoted.append(String.format("\\x%02x", c));
                            } else if (c == 0x2028 || c == 0x2029 || c == 0xfeff) {
                                quoted.append(String.format("\\u%04x", c));
                            } else {
                                quoted.appendCodePoint(c);
                            }
                        });
        return quoted.append('"').toString();
    }

    /** A list of texts, as YAML on one line. */
    static String quoted(List<String> values) {
        return values.stream().map(TextEdits::quoted).collect(Collectors.joining(", ", "[", "]"));
    }

    private int offset(Mark mark) {
        return text.offsetByCodePoints(0, mark.getIndex());
    }

    /** The index before which the last character stands that is no white space. */
    int trimmed(int end) {
        int to = end;
        while (to > 0 && Character.isWhitespace(text.charAt(to - 1))) {
            to--;
        }
        return to;
    }
}
