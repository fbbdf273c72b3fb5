package org.jetfanout.runner.jetp.bundle;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jetfanout.bundle.Archive;
import org.jetfanout.runner.PlaysLeft;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.playbook.Delegation;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookTree;

/**
 * Makes the files with which jetp starts once more for the plays of a batch that are left. They
 * replace files of the bundle, or are added to it: the playbooks, and a group for each play. The
 * user's own files are not read. Hosts that are left out stay in the inventory, because tasks may
 * be delegated to them, but no play addresses them.
 */
public final class SecondStart {
    private static final String PLAYBOOKS = "site/";
    private static final String GROUPS = "inventory/groups/";
    private static final String GROUP = "jet_fanout_play_";
    private static final String FLAG = "--playbook";
    private static final int LARGEST_PLAYBOOK = 64 << 20;

    private final PlaysLeft left;
    private final Map<String, byte[]> playbooks = new HashMap<>();
    private final Set<String> groupFiles = new HashSet<>();

    private SecondStart(PlaysLeft left) {
        this.left = left;
    }

    /**
     * The files, as a gzip'ed tar; empty where no play is left.
     *
     * @param slice the batch's own part of its bundle
     * @throws IOException where it is not what was packed for the batch
     */
    public static Optional<byte[]> files(InputStream slice, PlaysLeft left) throws IOException {
        if (left.hosts().isEmpty()) {
            return Optional.empty();
        }
        SecondStart start = new SecondStart(left);
        start.read(slice);
        return Optional.of(start.pack());
    }

    private void read(InputStream slice) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(
                        new GZIPInputStream(slice), StandardCharsets.ISO_8859_1.name())) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                String name = entry.getName();
                if (entry.isFile() && name.startsWith(PLAYBOOKS)) {
                    if (entry.getSize() > LARGEST_PLAYBOOK) {
                        throw new IOException(name + " is too large");
                    }
                    playbooks.put(name, tar.readAllBytes());
                } else if (name.startsWith(GROUPS)) {
                    groupFiles.add(name.substring(GROUPS.length()));
                }
            }
        }
    }

    private byte[] pack() throws IOException {
        PlaybookSlices slices = new PlaybookSlices();
        Map<String, Integer> written = new TreeMap<>();
        int plays = 0;
        for (String path : paths()) {
            String text = new String(playbooks.get(path), StandardCharsets.UTF_8);
            if (!text.equals(PlaybookSlices.NOTHING)) {
                Playbook playbook = Playbook.of(Path.of(path), text);
                written.put(path, written.size());
                slices.add(
                        new PlaybookTree(playbook),
                        playbook.plays(),
                        Collections.nCopies(playbook.plays().size(), Delegation.none()));
                plays += playbook.plays().size();
            }
        }
        if (plays != left.plays().size()) {
            throw new IOException(
                    "the bundle has %d plays, not %d".formatted(plays, left.plays().size()));
        }
        Map<Integer, List<String>> hosts = left.hosts();
        BitSet kept = new BitSet();
        for (int i = 0; i < plays; i++) {
            kept.set(i, hosts.containsKey(left.plays().get(i).number()));
        }
        String prefix = freePrefix();
        List<byte[]> texts =
                slices.texts(kept, i -> List.of(prefix + left.plays().get(i).number()));
        Map<String, byte[]> files = new TreeMap<>();
        written.forEach((path, number) -> files.put(path, texts.get(number)));
        hosts.forEach(
                (number, names) ->
                        files.put(
                                GROUPS + InventoryNames.variablesFile(prefix + number),
                                InventorySlice.listing(names)));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Archive archive = new Archive(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                archive.file(file.getKey(), file.getValue());
            }
            archive.endArchive();
        }
        return out.toByteArray();
    }

    /** The paths of the playbooks, in the order in which jetp runs them. */
    private List<String> paths() throws IOException {
        List<String> words = left.command();
        for (int i = words.size() - 2; i >= 0; i--) {
            if (words.get(i).equals(FLAG)) {
                List<String> paths = List.of(words.get(i + 1).split(":", -1));
                if (playbooks.keySet().containsAll(paths)) {
                    return paths;
                }
            }
        }
        throw new IOException("the bundle does not have the playbooks of the command line");
    }

    /** How our groups begin, so that none of them is there. */
    private String freePrefix() {
        String prefix = GROUP;
        while (isTaken(prefix)) {
            prefix += "_";
        }
        return prefix;
    }

    private boolean isTaken(String prefix) {
        return groupFiles.stream().anyMatch(name -> name.startsWith(prefix));
    }
}
