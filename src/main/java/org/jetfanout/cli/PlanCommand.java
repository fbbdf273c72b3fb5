package org.jetfanout.cli;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedWriter;
import java.io.IOException;
import java.io.OutputStreamWriter;
import java.io.Writer;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import org.jetfanout.pack.AgentAccess;
import org.jetfanout.plan.Plan;
import org.jetfanout.plan.PlanReport;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.ssh.SshSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code plan}: prints which worker would configure which hosts, and sends nothing. */
@Command(
        name = "plan",
        mixinStandardHelpOptions = true,
        description = {
            "Shows which worker would configure which hosts, and with which command line.",
            "Sends nothing. Takes the command line of any run: plan exec … -- uptime."
        })
final class PlanCommand implements Callable<Integer>, Asked.OfRun {
    @Mixin private RunOptions options;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODE",
            description =
                    "Mode of jetp: ssh (default) makes changes; check-ssh only shows them. Jetpack's"
                            + " apply and run are ssh; its plan is check-ssh.")
    private String mode = Mode.USUAL;

    @Option(names = "--json", description = "Print the plan as one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        return look(options.request(mode), json);
    }

    @Override
    public int look(RunRequest request, boolean asJson) throws IOException {
        CheckedRequest prepared = CheckedRequest.read(request, Main::say);
        AgentAccess access = prepared.agentAccess(SshSettings.ofUser());
        access.question().ifPresent(Main::say);
        access.warnings().forEach(Main::say);
        prepared.work().warnings().forEach(Main::say);
        Plan plan = prepared.plan(anyGuid());
        PlanReport report =
                new PlanReport(
                        plan,
                        prepared.workerGroups(),
                        prepared.workers(),
                        prepared.commands(Main::say),
                        prepared.plays(plan));
        if (asJson) {
            report.json(System.out);
        } else {
            // each word of the report would be a write of its own
            Writer out = new BufferedWriter(new OutputStreamWriter(System.out, UTF_8), 1 << 14);
            report.text(out, HostRanges::fold, ShellWords::join);
            out.flush();
        }
        return 0;
    }

    /**
     * The GUID of a run that there is not. It need not be secret, and the generator of secrets
     * takes long to start.
     */
    private static String anyGuid() {
        ThreadLocalRandom random = ThreadLocalRandom.current();
        return new UUID(
                        (random.nextLong() & 0xffffffffffff0fffL) | 0x4000,
                        (random.nextLong() >>> 2) | Long.MIN_VALUE)
                .toString();
    }
}
