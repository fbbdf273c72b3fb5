package org.jetfanout.job;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * One connection to the worker of a job, from the command to the last line of the script: how it
 * ends, how far the script is, and the deadline for its next line. Not thread-safe.
 */
final class Conversation {
    /** What login scripts may print before the job's script speaks. */
    static final long MOST_NOISE = 16 << 20;

    /** The least that a connection must have held to be a good one. */
    private static final Duration GOOD = Duration.ofSeconds(10);

    private final ScriptStreams streams;
    private final Instant begun;

    // Mutable state
    private Stage stage;
    private Instant heard;

    /** Bytes of lines that bear the script's mark and mean nothing. */
    private long idle;

    /** How far the worker has come. */
    enum Stage {
        /** Nothing of the script's has come. */
        SILENT,
        /** The script has proved that it runs. */
        HELLO,
        /** The job waits for others. */
        WAITING,
        /** The job runs or ran: its logs come. */
        FOLLOWING,
        /** The script has said all, or nobody listens any more. */
        OVER
    }

    /** What makes a connection useless. */
    enum Trouble {
        NONE,
        /** A line or frame of the script's has no end. */
        ENDLESS,
        /** Somebody wrote into a frame. */
        DAMAGED,
        /** The login says more than any does, and the script nothing. */
        LONG_GREETING,
        /** Others say more than anybody can listen to. */
        NOISY
    }

    private Conversation(ScriptStreams streams, Instant begun, Stage stage) {
        this.streams = streams;
        this.begun = begun;
        this.heard = begun;
        this.stage = stage;
    }

    /**
     * A connection begins.
     *
     * @param nonce of the command that it gets
     * @param listener takes what the script says
     */
    static Conversation begin(Nonce nonce, ScriptOutput.Listener listener, Instant now) {
        return new Conversation(new ScriptStreams(nonce, listener), now, Stage.SILENT);
    }

    /** There is no connection, and was none. */
    static Conversation none(Instant now) {
        return new Conversation(
                ScriptStreams.ofLines(new Nonce("", 0, 0), line -> {}), now, Stage.OVER);
    }

    /** Takes the next bytes of a stream. */
    void read(boolean ofStderr, byte[] bytes) {
        streams.read(ofStderr, bytes);
    }

    Stage stage() {
        return stage;
    }

    /** The script has come so far. */
    void reaches(Stage next) {
        stage = next;
    }

    /** The script has said its first word. */
    void greeted(Instant now) {
        heard = now;
        stage = Stage.HELLO;
    }

    /** It has said what means nothing. */
    void said(String line) {
        idle += line.length() + ScriptOutput.LEAST_LINE;
    }

    /** Whether the worker has said that it has the job. */
    boolean hasJob() {
        return stage == Stage.WAITING || stage == Stage.FOLLOWING;
    }

    /** Whether it has held for long enough to end an outage. */
    boolean heldLong(Instant now) {
        return !now.isBefore(begun.plus(GOOD));
    }

    /**
     * By when the script must speak again; empty while it need not.
     *
     * @param first how long it may take to its first word
     */
    Optional<Instant> answerBy(Duration first) {
        return switch (stage) {
            case SILENT -> Optional.of(begun.plus(first));
            case HELLO -> Optional.of(heard.plus(Job.LONGEST_SILENCE));
            default -> Optional.empty();
        };
    }

    /**
     * Whether it is of use any longer.
     *
     * @param most how much the job itself may say
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

    /** The last thing said that is not the script's. */
    String talk() {
        String said = streams.talk();
        return said.isEmpty() ? "no output" : said;
    }
}
