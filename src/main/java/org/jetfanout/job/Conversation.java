package org.jetfanout.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One connection to the worker of a job, from the command to the last line of the script: how far
 * the script is, the deadline for its next line, and whether the connection was good. Not
 * thread-safe.
 */
final class Conversation {
    /** The most bytes that login scripts may print before the first line of the job's script. */
    static final long MOST_NOISE = 16 << 20;

    /** After this time a connection was good, even if it brought no logs. */
    private static final Duration GOOD = Duration.ofSeconds(10);

    private final Command command;
    private final ScriptStreams streams;
    private final long offset;

    // Mutable state
    private Instant begun;
    private Stage stage;
    private Instant heard;

    /** Bytes of lines with the script's mark that have no meaning. */
    private long idle;

    /** What the worker is to do. */
    enum Command {
        /** Start the job, or attach to it if it was started before. */
        START,
        /** Send the logs of the job as they grow. */
        ATTACH,
        /** End the job, then send the rest of its logs. */
        CANCEL
    }

    /** How far the script is. */
    enum Stage {
        /** No line of the script has come. */
        SILENT,
        /** The script has proved that it runs. */
        HELLO,
        /** The script has said how much of the payload it has. It reads stdin. */
        RECEIVING,
        /** The job waits until other jobs have ended. */
        WAITING,
        /** The job runs or has ended. Its logs come. */
        FOLLOWING,
        /** The script has sent everything, or nobody reads any more. */
        OVER
    }

    /** What makes a connection useless. */
    enum Trouble {
        NONE,
        /** A line or frame of the script has no end. */
        ENDLESS,
        /** Another program wrote into a frame. */
        DAMAGED,
        /** The login prints more than any login does, and the script has sent nothing. */
        LONG_GREETING,
        /** Other programs write without end. */
        NOISY
    }

    private Conversation(
            Command command, ScriptStreams streams, Instant begun, long offset, Stage stage) {
        this.command = command;
        this.streams = streams;
        this.begun = begun;
        this.offset = offset;
        this.heard = begun;
        this.stage = stage;
    }

    /**
     * A connection begins.
     *
     * @param nonce of the command
     * @param listener takes what the script sends
     * @param offset bytes of the logs that are here already
     */
    static Conversation begin(
            Command command,
            Nonce nonce,
            ScriptOutput.Listener listener,
            Instant now,
            long offset) {
        return new Conversation(
                command, new ScriptStreams(nonce, listener), now, offset, Stage.SILENT);
    }

    /** There is no connection. */
    static Conversation none(Instant now) {
        return new Conversation(
                Command.ATTACH,
                ScriptStreams.ofLines(new Nonce("", 0, 0), line -> {}),
                now,
                0,
                Stage.OVER);
    }

    /** The command is sent only now. */
    void connected(Instant now) {
        begun = now;
        heard = now;
    }

    Command command() {
        return command;
    }

    /** Takes the next bytes of a stream. */
    void read(boolean ofStderr, byte[] bytes) {
        streams.read(ofStderr, bytes);
    }

    Stage stage() {
        return stage;
    }

    /** The script is at this stage now. */
    void reaches(Stage next) {
        stage = next;
    }

    /** The script has sent its first line. */
    void greeted(Instant now) {
        heard = now;
        stage = Stage.HELLO;
    }

    /** The script reads stdin now: the bundle, and from there on the payload. */
    void receives(Instant now) {
        heard = now;
        stage = Stage.RECEIVING;
    }

    /** The script is busy, and says so. */
    void isBusy(Instant now) {
        heard = now;
    }

    /** The script has sent a line that has no meaning. */
    void said(String line) {
        idle += line.length() + ScriptOutput.LEAST_LINE;
    }

    /**
     * Whether the worker had the job, and the connection brought logs or lasted for some time. Such
     * a connection ends an outage.
     *
     * @param offsetNow bytes of the logs that are here now
     */
    boolean wasGood(long offsetNow, Instant now) {
        boolean hasJob = stage == Stage.WAITING || stage == Stage.FOLLOWING;
        return hasJob && (offsetNow > offset || !now.isBefore(begun.plus(GOOD)));
    }

    /**
     * By when the script must send its next line. Empty if there is no such limit.
     *
     * @param first how long the first line may take
     */
    Optional<Instant> answerBy(Duration first) {
        return switch (stage) {
            case SILENT -> Optional.of(begun.plus(first));
            case HELLO, RECEIVING -> Optional.of(heard.plus(Job.LONGEST_SILENCE));
            default -> Optional.empty();
        };
    }

    /**
     * Whether the connection is still of use.
     *
     * @param most the most bytes that the job itself may send
     */
    Trouble trouble(long most) {
        long noise = streams.noise() + idle;
        if (streams.isBroken()) {
            return Trouble.ENDLESS;
        } else if (streams.isDamaged()) {
            return Trouble.DAMAGED;
        } else if (stage == Stage.SILENT && noise > MOST_NOISE) {
            return Trouble.LONG_GREETING;
        } else if (noise > Math.max(MOST_NOISE, most)) {
            return Trouble.NOISY;
        }
        return Trouble.NONE;
    }

    /** The last line that the script did not write. */
    String lastForeignLine() {
        String said = streams.lastForeignLine();
        return said.isEmpty() ? "no output" : said;
    }
}
