package org.jetfanout.runner.exec;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/**
 * The lines of a known_hosts file that a batch may need, because ssh reads all of them for each
 * login. Lines with plain names are chosen by name. All others (hashed, with patterns, of
 * authorities, revoked keys) always travel. Immutable.
 */
public final class KnownHostsOfBatch {
    private final List<String> lines;

    /** Numbers of the lines that have a plain name, by that name. */
    private final Map<String, List<Integer>> byName = new HashMap<>();

    /** Numbers of the lines that always travel. */
    private final List<Integer> always = new ArrayList<>();

    /**
     * @param file a known_hosts file
     */
    public KnownHostsOfBatch(byte[] file) {
        lines = new String(file, StandardCharsets.ISO_8859_1).lines().toList();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i).strip();
            if (line.isEmpty() || line.charAt(0) == '#') {
                continue;
            }
            String names = line.split("[ \t]", 2)[0];
            if ("@|".indexOf(names.charAt(0)) >= 0
                    || names.chars().anyMatch(c -> c == '*' || c == '?' || c == '!')) {
                always.add(i);
            } else {
                for (String name : names.split(",", -1)) {
                    byName.computeIfAbsent(name.toLowerCase(Locale.ROOT), n -> new ArrayList<>())
                            .add(i);
                }
            }
        }
    }

    /**
     * The lines for these hosts, in the order of the file.
     *
     * @param names as known_hosts has them: {@code host}, or {@code [host]:port}
     */
    public byte[] of(Set<String> names) {
        Set<Integer> chosen = new TreeSet<>(always);
        for (String name : names) {
            chosen.addAll(byName.getOrDefault(name.toLowerCase(Locale.ROOT), List.of()));
        }
        StringBuilder text = new StringBuilder();
        chosen.forEach(line -> text.append(lines.get(line)).append('\n'));
        return text.toString().getBytes(StandardCharsets.ISO_8859_1);
    }
}
