package org.jetfanout.rollout;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.record.RunFile;

/**
 * What other processes ask of a run between its waves: lines of a file in the run's folder.
 * Immutable.
 */
public final class GateRequests {
    private static final Pattern LINE = Pattern.compile("(approve|pause|continue) (\\d{1,9})");

    private final List<Matcher> lines;

    private GateRequests(List<Matcher> lines) {
        this.lines = lines;
    }

    /** What can be asked. */
    public enum Kind {
        /** The next wave may begin. */
        APPROVE("approve"),
        /** No further wave begins. */
        PAUSE("pause"),
        /** The run goes on after a pause. */
        CONTINUE("continue");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        /** As it is written. */
        public String word() {
            return word;
        }
    }

    /**
     * Asks the owner of the run.
     *
     * @param run the run's folder
     * @param wave number of the wave that it is about
     */
    public static void write(Path run, Kind kind, int wave) throws IOException {
        // a line of its own, also after one that was written incompletely
        Files.writeString(
                RunFile.GATE.in(run),
                "\n" + kind.word() + " " + wave + "\n",
                StandardOpenOption.CREATE,
                StandardOpenOption.APPEND);
    }

    /** Everything that was asked for so far. */
    public static GateRequests read(Path run) throws IOException {
        try {
            return new GateRequests(
                    Files.readAllLines(RunFile.GATE.in(run)).stream()
                            .map(LINE::matcher)
                            .filter(Matcher::matches)
                            .toList());
        } catch (NoSuchFileException e) {
            return new GateRequests(List.of());
        }
    }

    /** Whether somebody has approved a wave. */
    boolean isApproved(int wave) {
        return of(Kind.APPROVE).anyMatch(line -> line.group(2).equals(Integer.toString(wave)));
    }

    /** Whether somebody has ended the pause before a wave. */
    boolean isContinued(int wave) {
        return of(Kind.CONTINUE).anyMatch(line -> line.group(2).equals(Integer.toString(wave)));
    }

    /** Whether no further wave may begin, because somebody has asked for a pause. */
    public boolean isPaused() {
        Optional<Matcher> last =
                lines.stream()
                        .filter(line -> !is(line, Kind.APPROVE))
                        .reduce((before, after) -> after);
        return last.filter(line -> is(line, Kind.PAUSE)).isPresent();
    }

    private Stream<Matcher> of(Kind kind) {
        return lines.stream().filter(line -> is(line, kind));
    }

    private static boolean is(Matcher line, Kind kind) {
        return line.group(1).equals(kind.word());
    }
}
