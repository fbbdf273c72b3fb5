package org.jetfanout.runner.exec;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.BatchPlays;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.Work;
import org.jetfanout.runner.WorkRequest;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.workers.WorkersConfig;

/**
 * A task and its hosts, read and checked. Immutable.
 *
 * @param request what the user asked for
 * @param hosts each with an address that ssh takes for nothing else
 * @param task as the hosts get it
 */
record ExecWork(ExecRequest request, Inventory inventory, List<String> hosts, TaskOnHost task)
        implements Work {
    private static final int SSH_PORT = 22;

    /** Linux takes no longer word, and the command line is one word for the host's shell. */
    private static final int LONGEST_COMMAND = 120_000;

    static ExecWork read(ExecRequest request, WorkersConfig workers, Consumer<String> warnings) {
        TaskOnHost task = request.task().read();
        if (request.options().bare()) {
            task =
                    new TaskOnHost(
                            task.text(),
                            task.words(),
                            true,
                            "",
                            task.files(),
                            task.sources(),
                            task.payload());
        }
        int length =
                HostScripts.remote(task, request.options().sudo())
                        .getBytes(StandardCharsets.UTF_8)
                        .length;
        if (length > LONGEST_COMMAND) {
            throw new ConfigurationException(
                    "the command is too long for a command line ("
                            + length
                            + " bytes): put it into a file, and use jet-fanout script");
        }
        Inventory inventory = request.hosts().inventory(workers, warnings);
        List<String> hosts = request.hosts().hosts(inventory, workers);
        SshTargets targets = new SshTargets(inventory, request.options());
        hosts.forEach(targets::of);
        return new ExecWork(request, inventory, hosts, task);
    }

    @Override
    public int port() {
        return request.options().port().orElse(SSH_PORT);
    }

    @Override
    public boolean isRunnable() {
        return true;
    }

    @Override
    public List<String> warnings() {
        return List.of();
    }

    @Override
    public BatchPlays plays(Plan plan) {
        return BatchPlays.none();
    }

    @Override
    public ExecWork with(WorkRequest kept) {
        return new ExecWork((ExecRequest) kept, inventory, hosts, task);
    }

    @Override
    public RunnerFiles pack(Path folder, Consumer<String> warnings) {
        return ExecFiles.pack(this, folder);
    }
}
