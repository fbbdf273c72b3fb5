package org.jetfanout.cli;

import java.time.Duration;
import java.util.Optional;
import org.jetfanout.ExitCode;
import org.jetfanout.question.AnswerMode;
import org.jetfanout.question.Asker;
import org.jetfanout.question.Holder;
import org.jetfanout.question.NoAnswerException;
import org.jetfanout.question.Question;

/**
 * Asks the instance that has a run. A command that follows the run goes on with its next owner,
 * where that instance dies or loses the run. For one thread.
 */
final class OwnersInTurn {
    /** A run is taken over within 10 s; then its new owner must start. */
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    /** Nobody can take it over where no other instance is at the broker. */
    private static final Duration ALONE = Duration.ofSeconds(10);

    private static final long LOOK_MILLIS = 500;

    /** So many instances in a row may break off without having printed anything. */
    private static final int MOST_SILENT = 3;

    private final Asker asker;
    private final boolean json;

    OwnersInTurn(Asker asker, boolean json) {
        this.asker = asker;
        this.json = json;
    }

    /** Asks this one first. Returns the exit code. */
    int ask(Holder first, Question question) throws InterruptedException {
        if (!json) {
            Main.say("run %s is at instance %s".formatted(first.guid(), first.instance()));
        }
        try (AnswerScreen screen = new AnswerScreen(json, OtherInstances.colour(), question)) {
            Holder holder = first;
            int silent = 0;
            while (true) {
                Optional<NoAnswerException> broken = Optional.empty();
                int code = AnswerMode.LEFT;
                try {
                    code = asker.ask(holder, question.before(screen.shown()), screen);
                } catch (NoAnswerException e) {
                    broken = Optional.of(e);
                    silent = e.isBegun() ? 0 : silent + 1;
                }
                boolean over = !question.isFollowing() || code != AnswerMode.LEFT;
                Optional<Holder> next =
                        over || silent >= MOST_SILENT ? Optional.empty() : next(holder, broken);
                if (next.isEmpty()) {
                    return over && broken.isEmpty() ? code : incomplete(holder, broken, screen);
                }
                screen.drop();
                holder = next.get();
                Main.say(
                        "run %s goes on at instance %s"
                                .formatted(holder.guid(), holder.instance()));
            }
        }
    }

    private static int incomplete(
            Holder holder, Optional<NoAnswerException> broken, AnswerScreen screen) {
        if (broken.isEmpty()) {
            RunEndWatch.sayLeft(holder.guid());
            return ExitCode.OK.code();
        }
        boolean begun = screen.hasBegun();
        Main.say(
                broken.get().getMessage()
                        + (begun ? "; what it printed is not all" : "")
                        + ". Ask again: another instance may have taken the run over");
        return (begun ? ExitCode.INCOMPLETE : ExitCode.UNREACHABLE).code();
    }

    /** Waits for the next owner of a run. */
    private Optional<Holder> next(Holder last, Optional<NoAnswerException> broken)
            throws InterruptedException {
        Main.say(
                "%s: looking for the next owner of run %s"
                        .formatted(
                                broken.map(NoAnswerException::getMessage)
                                        .orElse(
                                                "instance %s does not work on it any more"
                                                        .formatted(last.instance())),
                                last.guid()));
        return owner(last.guid());
    }

    /**
     * The instance that works on a run, once there is one, or where the run has ended meanwhile;
     * empty where none comes.
     */
    Optional<Holder> owner(String guid) throws InterruptedException {
        long began = System.nanoTime();
        long company = began;
        while (System.nanoTime() - began < PATIENCE.toNanos()
                && System.nanoTime() - company < ALONE.toNanos()) {
            try {
                Optional<Holder> found = asker.find(guid).filter(it -> it.owned() || it.ended());
                if (found.isPresent()) {
                    return found;
                }
            } catch (NoAnswerException e) {
                // it may come
            }
            if (!asker.names().isEmpty()) {
                company = System.nanoTime();
            }
            Thread.sleep(LOOK_MILLIS);
        }
        return Optional.empty();
    }
}
