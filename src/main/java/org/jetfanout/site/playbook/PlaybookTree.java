package org.jetfanout.site.playbook;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.common.FlowStyle;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * A playbook opened for editing. It has its own copy of the YAML node tree, so that tags such as
 * {@code !shell}, anchors and multi-line texts stay as they are. Thread-safe.
 */
public final class PlaybookTree {
    /**
     * How a play in a slice differs from the original.
     *
     * @param groups the groups to address instead; empty to keep those of the play
     * @param sshUser the login name that it inherits from an earlier play which is not in the slice
     * @param sshPort the port that it inherits likewise
     * @param firstVarsFile a file of variables that it reads before its own
     */
    public record PlayEdit(
            List<String> groups,
            Optional<String> sshUser,
            Optional<String> sshPort,
            Optional<String> firstVarsFile) {
        /** Whether the play does not differ. */
        public boolean isNone() {
            return groups.isEmpty()
                    && sshUser.isEmpty()
                    && sshPort.isEmpty()
                    && firstVarsFile.isEmpty();
        }
    }

    private final Playbook playbook;
    private final List<YamlValue> plays;

    /** A second copy of the plays, which nobody edits. */
    private final SequenceNode original;

    // Mutable state; the node tree is mutable too
    private final TextEdits edits;
    private boolean edited;

    /** Plays whose vars_files are rewritten. An alias refers to the same play again. */
    private final Set<Node> varsFilesDone = Collections.newSetFromMap(new IdentityHashMap<>());

    /** Opens a playbook. The playbook itself does not change. */
    public PlaybookTree(Playbook playbook) {
        this.playbook = playbook;
        this.plays = parse(playbook).sequence("a playbook");
        this.original = (SequenceNode) parse(playbook).node();
        this.edits = new TextEdits(playbook.text());
    }

    private static YamlValue parse(Playbook playbook) {
        return YamlValue.parse(playbook.file(), playbook.text()).orElseThrow();
    }

    /**
     * The hosts that the tasks and handlers of one play are delegated to, without those of its
     * roles.
     */
    public synchronized Delegation delegation(int play) {
        return Tasks.delegation(list(play, "tasks")).and(Tasks.delegation(list(play, "handlers")));
    }

    /** Rewrites the local files that the tasks and handlers of a play name. */
    public synchronized void rewriteSources(int play, SourceRewriter rewriter) {
        edited |= Tasks.rewriteSources(list(play, "tasks"), rewriter, edits);
        edited |= Tasks.rewriteSources(list(play, "handlers"), rewriter, edits);
    }

    /** Rewrites the vars_files of a play. The rewriter gets {@code vars_files} as the folder. */
    public synchronized void rewriteVarsFiles(int play, SourceRewriter rewriter) {
        if (!varsFilesDone.add(mapping(play))) {
            return;
        }
        List<Node> items = new ArrayList<>();
        boolean changed = false;
        for (YamlValue item : list(play, "vars_files")) {
            Optional<String> instead =
                    rewriter.rewrite(
                            "vars_files", item.text("an entry of vars_files"), item.line());
            changed |= instead.isPresent();
            items.add(instead.<Node>map(Nodes::text).orElse(item.node()));
        }
        if (changed) {
            edits.value(mapping(play), "vars_files", FlowText.of(items));
            Nodes.put(mapping(play), "vars_files", Nodes.list(items, FlowStyle.BLOCK));
            edited = true;
        }
    }

    /**
     * The playbook's text with some of its plays only. Where nothing differs, it is the original
     * text. Lines keep their numbers where possible.
     *
     * @param kept numbers of the plays, from 0
     * @param playEdits by number of the play
     */
    public synchronized String text(BitSet kept, Map<Integer, PlayEdit> playEdits) {
        boolean asWritten =
                !edited
                        && kept.cardinality() == plays.size()
                        && playEdits.values().stream().allMatch(PlayEdit::isNone);
        if (asWritten) {
            return playbook.text();
        }
        List<Node> nodes = new ArrayList<>();
        kept.stream()
                .forEach(
                        play -> {
                            MappingNode node = mapping(play);
                            PlayEdit edit = playEdits.get(play);
                            nodes.add(edit == null ? node : applied(node, edit));
                        });
        return new PlaybookText(playbook, original, edits).of(kept, playEdits, nodes);
    }

    private static MappingNode applied(MappingNode play, PlayEdit edit) {
        MappingNode result = play;
        if (!edit.groups().isEmpty()) {
            List<Node> groups = new ArrayList<>();
            edit.groups().forEach(group -> groups.add(Nodes.text(group)));
            result = Nodes.copyWith(result, "groups", Nodes.list(groups, FlowStyle.FLOW));
        }
        if (edit.sshUser().isPresent()) {
            result = Nodes.copyWith(result, "ssh_user", Nodes.text(edit.sshUser().get()));
        }
        if (edit.sshPort().isPresent()) {
            result = Nodes.copyWith(result, "ssh_port", Nodes.number(edit.sshPort().get()));
        }
        if (edit.firstVarsFile().isPresent()) {
            List<Node> files = new ArrayList<>();
            files.add(Nodes.text(edit.firstVarsFile().get()));
            files.addAll(Nodes.items(result, "vars_files"));
            result = Nodes.copyWith(result, "vars_files", Nodes.list(files, FlowStyle.FLOW));
        }
        return result;
    }

    private MappingNode mapping(int play) {
        return (MappingNode) plays.get(play).node();
    }

    private List<YamlValue> list(int play, String key) {
        return Nodes.get(mapping(play), key)
                .filter(SequenceNode.class::isInstance)
                .map(node -> new YamlValue(playbook.file(), node).sequence(key))
                .orElse(List.of());
    }
}
