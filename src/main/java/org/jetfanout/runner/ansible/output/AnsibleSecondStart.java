package org.jetfanout.runner.ansible.output;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.jetfanout.bundle.Archive;
import org.jetfanout.runner.PlaysLeft;

/**
 * Makes the files with which ansible starts once more for the plays of a batch that are left. One
 * tells our callback plugin with which play to begin. The other is the group of the hosts that are
 * elsewhere, with those that are lost: the limit leaves them out, and tasks may be delegated to
 * them.
 */
public final class AnsibleSecondStart {
    private static final String ELSEWHERE = "elsewhere.json";
    private static final String AGAIN = "fanout/again.json";
    private static final int LARGEST = 64 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private AnsibleSecondStart() {}

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
        ObjectNode elsewhere = elsewhere(slice);
        for (var group : elsewhere.properties()) {
            if (group.getValue() instanceof ObjectNode of) {
                ObjectNode hosts =
                        of.path("hosts") instanceof ObjectNode there
                                ? there
                                : of.putObject("hosts");
                left.lost().stream()
                        .filter(place -> place < left.batch().hosts().size())
                        .forEach(place -> hosts.putObject(left.batch().hosts().get(place)));
            }
        }
        int first = left.first();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Archive archive = new Archive(out)) {
            archive.file(ELSEWHERE, JSON.writeValueAsBytes(elsewhere));
            archive.file(AGAIN, JSON.writeValueAsBytes(Map.of("first", first)));
            archive.endArchive();
        }
        return Optional.of(out.toByteArray());
    }

    private static ObjectNode elsewhere(InputStream slice) throws IOException {
        try (TarArchiveInputStream tar =
                new TarArchiveInputStream(
                        new GZIPInputStream(slice), StandardCharsets.ISO_8859_1.name())) {
            for (TarArchiveEntry entry = tar.getNextEntry();
                    entry != null;
                    entry = tar.getNextEntry()) {
                if (entry.isFile() && entry.getName().equals(ELSEWHERE)) {
                    if (entry.getSize() > LARGEST) {
                        throw new IOException(ELSEWHERE + " is too large");
                    }
                    if (JSON.readTree(tar.readAllBytes()) instanceof ObjectNode groups) {
                        return groups;
                    }
                }
            }
        }
        throw new IOException("the bundle does not have the group of hosts that are elsewhere");
    }
}
