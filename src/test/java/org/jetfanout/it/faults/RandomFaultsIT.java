package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Random;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run through two hands while anything happens to them, to their owner, to the broker, and
 * between them. With {@code -Dfaults=200} so many faults happen, one after the other; {@code
 * -Dfaults.seed=…} repeats those of an earlier time.
 */
@Order(1) // takes long: begins first
class RandomFaultsIT {
    private static final int WORKERS = 3;

    /** The runner says a thousand lines a second. */
    private static final int LINES_A_FAULT = 5000;

    private static final int MILLIS = 1_000_000;

    @TempDir private Path folder;

    // Mutable state
    private Random random;
    private BrokerProcess broker;
    private Instances instances;
    private Instances.Instance owner;

    @Test
    void eachBatchRunsOnceAndEachByteArrivesOnce() throws IOException {
        int times = Integer.getInteger("faults", 3);
        long seed = Long.getLong("faults.seed", System.nanoTime());
        System.out.println("faults=" + times + " faults.seed=" + seed);
        random = new Random(seed);
        try (Fleet fleet = Fleet.start(148, WORKERS);
                BrokerProcess process = BrokerProcess.start(folder.resolve("broker"))) {
            Counting counting = new Counting(fleet, LINES_A_FAULT * times);
            broker = process;
            try (Instances all = new Instances(fleet, folder, counting)) {
                instances = all;
                hand("one");
                hand("two");
                owner = instances.run(broker.port(), "--no-local");
                ProxiedSite.hasOutput(instances.site(), owner.program());
                for (int n = 1; n <= times; n++) {
                    resumeIfRefused();
                    if (!owner.program().handle().isAlive()) {
                        break;
                    }
                    String fault = fault();
                    System.out.println(n + ": " + fault);
                }
                Program.Ended ended = owner.program().end();
                while (isRefused()) {
                    resumeIfRefused();
                    ended = owner.program().end();
                }
                assertThat(ended.exit()).as("seed %d: %s", seed, ended).isZero();
                assertThat(counting.wrong(instances.record(), WORKERS))
                        .as("seed %d", seed)
                        .isEmpty();
            }
        }
    }

    private Instances.Instance hand(String name) throws IOException {
        return instances.hand(name, broker.port(), "--drain", "1s");
    }

    /** Lets something happen, and puts it right. */
    private String fault() throws IOException {
        Instances.Instance hand = instances.named(random.nextBoolean() ? "one" : "two");
        Instances.Instance any = random.nextBoolean() ? hand : owner;
        return switch (random.nextInt(8)) {
            case 0 -> {
                hand.kill();
                String paused = pause();
                hand(hand.name());
                yield hand.name() + " was killed, " + paused;
            }
            case 1 -> {
                hand.program().signal("TERM");
                hand.program().end();
                hand(hand.name());
                yield hand.name() + " was told to stop";
            }
            case 2 -> {
                if (!any.program().handle().isAlive()) {
                    yield any.name() + " has ended";
                }
                any.program().signal("STOP");
                String paused = pause();
                any.program().signal("CONT");
                yield any.name() + " was stopped, " + paused;
            }
            case 3 -> {
                any.broker().reset();
                yield any.name() + " was cut off, " + pause();
            }
            case 4 -> {
                any.broker().blackHole();
                String paused = pause();
                any.broker().heal();
                yield any.name() + " heard nothing, " + paused;
            }
            case 5 -> {
                broker.kill();
                boolean forgets = random.nextBoolean();
                if (forgets) {
                    broker.forget();
                }
                String paused = pause();
                broker.start();
                yield "the broker was killed, "
                        + (forgets ? "without its messages, " : "")
                        + paused;
            }
            case 6 -> {
                broker.pause();
                String paused = pause();
                broker.unpause();
                yield "the broker was stopped, " + paused;
            }
            default -> {
                owner.kill();
                String paused = pause();
                owner = instances.resume();
                yield "the owner was killed and resumed, " + paused;
            }
        };
    }

    /** Where the broker was away when it began, it has said so, and is started again. */
    private void resumeIfRefused() throws IOException {
        if (isRefused()) {
            System.out.println("resumed again");
            owner = instances.resume();
        }
    }

    private boolean isRefused() {
        return !owner.program().handle().isAlive()
                && owner.program().err().contains("jet-fanout: cannot use the broker");
    }

    /** Mostly a short time; sometimes longer than anybody waits for an instance. */
    private String pause() {
        long millis =
                random.nextInt(4) == 0
                        ? Instances.LONG.toMillis() - 2000 + random.nextInt(3000)
                        : random.nextInt(2000);
        long before = System.nanoTime();
        Waiting.until("time passed", () -> System.nanoTime() - before > millis * MILLIS);
        return millis + " ms";
    }
}
