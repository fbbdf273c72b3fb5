package org.jetfanout.logs;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.jetfanout.machine.Sha256;
import org.jetfanout.record.Line;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.LineReader;
import org.jetfanout.runner.Runner;

/**
 * The output of a run, with the hosts that said the same put together. It is read from the record:
 * once for a digest of each host, and again for the text of one host of each group. Memory does not
 * depend on the amount of text. Not thread-safe.
 */
public final class GatheredOutput {
    /** How much text is kept at a time, to read the record seldom. */
    private static final long ROOM = 16 << 20;

    private static final String MARK = ": ";

    private final RunRecord record;
    private final Runner runner;
    private final List<Group> groups;

    /**
     * Hosts whose output is equal, line by line.
     *
     * @param hosts in the order in which they were found
     * @param lines how many each of them has
     * @param bytes how many these are, without line breaks
     * @param sha256 of the lines, each with a line break
     * @param batch of the host whose text stands for all
     */
    public record Group(List<String> hosts, long lines, long bytes, String sha256, String batch) {
        /** Copies the list. */
        public Group {
            hosts = List.copyOf(hosts);
        }

        private String first() {
            return hosts.get(0);
        }
    }

    /** Takes the groups with their texts. */
    public interface Taker {
        /** A group begins. */
        void group(Group group);

        /**
         * The next line of the group.
         *
         * @param cut whether it was too long and continues in the next one
         */
        void line(String text, boolean cut);
    }

    private GatheredOutput(RunRecord record, Runner runner, List<Group> groups) {
        this.record = record;
        this.runner = runner;
        this.groups = List.copyOf(groups);
    }

    /** Reads the output of a run that has ended. Hosts that said nothing are in no group. */
    public static GatheredOutput of(RunRecord record, Runner runner) {
        Map<String, Said> hosts = new LinkedHashMap<>();
        forEachLine(
                record,
                runner,
                batch -> true,
                (host, line, text) ->
                        hosts.computeIfAbsent(host, name -> new Said(line.batch()))
                                .add(text, line.cut()));
        Map<String, List<String>> byDigest = new LinkedHashMap<>();
        Map<String, Said> firsts = new HashMap<>();
        hosts.forEach(
                (host, said) -> {
                    String digest = said.digest();
                    byDigest.computeIfAbsent(digest, text -> new ArrayList<>()).add(host);
                    firsts.putIfAbsent(digest, said);
                });
        List<Group> groups = new ArrayList<>();
        byDigest.forEach(
                (digest, names) -> {
                    Said said = firsts.get(digest);
                    groups.add(new Group(names, said.lines, said.bytes, digest, said.batch));
                });
        // the largest first; the others in the order in which they are read
        groups.sort(
                Comparator.<Group>comparingInt(group -> -group.hosts().size())
                        .thenComparing(Group::batch));
        return new GatheredOutput(record, runner, groups);
    }

    /** The groups, the one with most hosts first. */
    public List<Group> groups() {
        return groups;
    }

    /** Hands on all groups with their texts. */
    public void forEach(Taker taker) {
        int from = 0;
        while (from < groups.size()) {
            int to = from;
            long bytes = 0;
            while (to < groups.size() && (to == from || bytes + size(groups.get(to)) <= ROOM)) {
                bytes += size(groups.get(to));
                to++;
            }
            if (to == from + 1) {
                alone(groups.get(from), taker);
            } else {
                together(groups.subList(from, to), taker);
            }
            from = to;
        }
    }

    private static long size(Group group) {
        return group.bytes() + 100 * group.lines();
    }

    /** Hands on the text of one group while it is read. */
    private void alone(Group group, Taker taker) {
        taker.group(group);
        forEachLine(
                record,
                runner,
                group.batch()::equals,
                (host, line, text) -> {
                    if (host.equals(group.first())) {
                        taker.line(text, line.cut());
                    }
                });
    }

    private void together(List<Group> some, Taker taker) {
        Map<String, List<String>> texts = new HashMap<>();
        Map<String, Set<Integer>> cuts = new HashMap<>();
        Set<String> batches = new HashSet<>();
        for (Group group : some) {
            texts.put(group.first(), new ArrayList<>());
            cuts.put(group.first(), new HashSet<>());
            batches.add(group.batch());
        }
        forEachLine(
                record,
                runner,
                batches::contains,
                (host, line, text) -> {
                    List<String> lines = texts.get(host);
                    if (lines != null) {
                        if (line.cut()) {
                            cuts.get(host).add(lines.size());
                        }
                        lines.add(text);
                    }
                });
        for (Group group : some) {
            taker.group(group);
            List<String> lines = texts.get(group.first());
            for (int i = 0; i < lines.size(); i++) {
                taker.line(lines.get(i), cuts.get(group.first()).contains(i));
            }
        }
    }

    /** Takes a line with the host that it is about, and its text without the host's name. */
    @FunctionalInterface
    private interface LineTaker {
        void take(String host, Line line, String text);
    }

    private static void forEachLine(
            RunRecord record, Runner runner, Predicate<String> batches, LineTaker taker) {
        RunLineReader lines = new RunLineReader(record, batches, Optional.empty());
        lines.end();
        Map<String, LineReader> readers = new HashMap<>();
        Map<String, String> cut = new HashMap<>();
        Optional<Line> next = lines.next();
        while (next.isPresent()) {
            Line line = next.get();
            String before = cut.remove(line.batch());
            String host =
                    before != null
                            ? before
                            : readers.computeIfAbsent(
                                            line.batch(), batch -> runner.lines(name -> true))
                                    .read(line.text())
                                    .host();
            if (!host.isEmpty()) {
                taker.take(host, line, before != null ? line.text() : text(line.text(), host));
                if (line.cut()) {
                    cut.put(line.batch(), host);
                }
            }
            next = lines.next();
        }
    }

    private static String text(String line, String host) {
        String mark = host + MARK;
        return line.startsWith(mark) ? line.substring(mark.length()) : line;
    }

    /** What one host said. */
    private static final class Said {
        final String batch;
        private final MessageDigest sum = Sha256.digest();

        // Mutable state
        long lines;
        long bytes;

        Said(String batch) {
            this.batch = batch;
        }

        void add(String text, boolean cut) {
            byte[] line = text.getBytes(StandardCharsets.UTF_8);
            sum.update(line);
            bytes += line.length;
            lines++;
            if (!cut) {
                sum.update((byte) '\n');
            }
        }

        String digest() {
            return HexFormat.of().formatHex(sum.digest());
        }
    }
}
