package org.jetfanout.service.templates;

import java.io.BufferedWriter;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.machine.LimitedMap;
import org.jetfanout.machine.PrivateFiles;

/**
 * The webhooks that have started a run: whoever sends one of them again gets the run that it
 * started. The last ones are kept in a file. Thread-safe.
 */
final class SeenDeliveries {
    private static final int MOST = 20_000;

    private final Path file;

    // Mutable state
    private final Map<String, String> guids = LimitedMap.byArrival(MOST);

    SeenDeliveries(Path state) throws IOException {
        this.file = state.resolve("deliveries.txt");
        List<String> lines = new ArrayList<>();
        try {
            lines.addAll(Files.readAllLines(file, StandardCharsets.US_ASCII));
        } catch (NoSuchFileException e) {
            // the first start
        }
        for (String line : lines) {
            int blank = line.indexOf(' ');
            // the last line of a process that was killed may be a part of one
            if (blank > 0) {
                guids.put(line.substring(0, blank), line.substring(blank + 1));
            }
        }
        StringBuilder text = new StringBuilder();
        guids.forEach((key, guid) -> text.append(key).append(' ').append(guid).append('\n'));
        byte[] bytes = text.toString().getBytes(StandardCharsets.US_ASCII);
        PrivateFiles.replace(file, true, out -> out.write(bytes));
    }

    /** The run that this delivery started. */
    synchronized Optional<String> find(String key) {
        return Optional.ofNullable(guids.get(key));
    }

    /** This delivery has started a run. */
    synchronized void add(String key, String guid) throws IOException {
        guids.put(key, guid);
        try (BufferedWriter out =
                Files.newBufferedWriter(
                        file, StandardCharsets.US_ASCII, StandardOpenOption.APPEND)) {
            out.write(key + " " + guid + "\n");
        }
    }
}
