package org.jetfanout.runner;

import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.site.inventory.Inventory;

/** A {@link WorkRequest} after all that it names was read and checked. Immutable. */
public interface Work {
    /** Groups and hosts: for the worker map, and for the addresses of workers. */
    Inventory inventory();

    /** The hosts that it addresses, within its limits, each once, in inventory order. */
    List<String> hosts();

    /** The SSH port of hosts for which no variable says another. */
    int port();

    /** Whether it says what to do. Commands that only look need no more than the hosts. */
    boolean isRunnable();

    /**
     * What changes its meaning when several workers do it, or what users seldom mean: a line each,
     * with file and line.
     */
    List<String> warnings();

    /**
     * Which plays each batch has, if workers wait for each other between plays; {@link
     * BatchPlays#none} where there is nothing to wait for.
     */
    BatchPlays plays(Plan plan);

    /**
     * Refuses a plan by which the work would not do what it says.
     *
     * @throws org.jetfanout.ConfigurationException where it would not; the message names the file
     *     and the line
     */
    default void check(Plan plan) {}

    /** The same work by a request that differs only in where its files are kept. */
    Work with(WorkRequest kept);

    /**
     * Packs the files that travel to all workers.
     *
     * @param folder of the run; created with mode 0700 where it does not exist. The bundles read
     *     from a file in this folder
     * @param warnings takes warnings for people
     */
    RunnerFiles pack(Path folder, Consumer<String> warnings);
}
