package org.jetfanout.runner.jetp.output;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Predicate;
import org.jetfanout.runner.PlainText;

/**
 * What jetp's text says about each host, besides results: reasons that its events do not give, and
 * on which hosts a task has begun. Memory is bounded by the number of hosts. Not thread-safe.
 */
final class HostNotes {
    /** How many marks in a line are tried to find the one after the host's name. */
    private static final int MOST_TRIES = 16;

    private final Predicate<String> known;

    // Mutable state
    private final Map<String, Note> notes = new HashMap<>();
    private int task;
    private String taskName = "";
    private boolean anyBegun;

    private static final class Note {
        // Mutable state
        String error = "";
        String said = "";
        String unreached = "";

        /** The number of the last task that began on this host. */
        int begunIn;
    }

    /**
     * @param known whether a name is a host of the batch
     */
    HostNotes(Predicate<String> known) {
        this.known = known;
    }

    void take(JetpLine line) {
        switch (line.kind()) {
            case TASK -> {
                task++;
                taskName = line.text();
                anyBegun = false;
            }
            case RUNNING -> begins(line);
            case SAYS -> addressed(line, (note, message) -> note.said = message);
            case ERROR -> addressed(line, (note, message) -> note.error = message);
            case UNREACHED -> {
                if (known.test(line.host())) {
                    Note note = note(line.host());
                    note.unreached = note.said;
                }
            }
            default -> {}
        }
    }

    private void begins(JetpLine line) {
        String host = line.text().substring(0, line.text().lastIndexOf(line.mark())).strip();
        if (known.test(host)) {
            note(host).begunIn = task;
            anyBegun = true;
        }
    }

    private interface Taker {
        void take(Note note, String message);
    }

    /**
     * Finds the host that a line begins with. The name itself may contain the mark that follows it
     * (IPv6).
     */
    private void addressed(JetpLine line, Taker taker) {
        String text = line.text();
        int at = text.indexOf(line.mark());
        for (int tries = 0; at >= 0 && tries < MOST_TRIES; tries++) {
            String host = text.substring(0, at);
            if (known.test(host)) {
                taker.take(note(host), PlainText.line(text.substring(at + line.mark().length())));
                return;
            }
            at = text.indexOf(line.mark(), at + 1);
        }
    }

    private Note note(String host) {
        return notes.computeIfAbsent(host, name -> new Note());
    }

    /** Why a task failed on a host without a failed command; empty where the text does not say. */
    String error(String host) {
        Note note = notes.get(host);
        return note == null ? "" : note.error;
    }

    /** Why the runner could not connect to a host; empty where the text does not say. */
    String unreached(String host) {
        Note note = notes.get(host);
        return note == null ? "" : note.unreached.isEmpty() ? note.said : note.unreached;
    }

    /** Whether the current task has begun on some hosts, but not on this one. */
    boolean isWaiting(String host) {
        Note note = notes.get(host);
        return anyBegun && (note == null ? 0 : note.begunIn) != task;
    }

    /** The name of the current task. */
    String taskName() {
        return taskName;
    }
}
