package org.jetfanout.site.playbook;

import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.playbook.PlaybookTree.PlayEdit;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.common.FlowStyle;
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
        this.edits = edits;
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
            for (boolean oneLine : new boolean[] {false, true}) {
                Optional<String> text =
                        new PlaysInPlace(playbook.text(), original, edits.copy(), oneLine)
                                .text(kept, playEdits, wanted);
                if (text.isPresent() && says(text.get(), wanted)) {
                    return text.get();
                }
            }
        }
        return anew(kept, wanted);
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
            // blank lines alone would belong to a text that keeps them (|+)
            boolean ends = blank > 0 && !text.isEmpty();
            text.append(ends ? "#" : "").append("\n".repeat(blank)).append(play);
            line += blank + (int) play.chars().filter(c -> c == '\n').count();
        }
        return text.toString();
    }
}
