package org.jetfanout.cli;

import java.io.IOException;
import java.util.UUID;
import java.util.concurrent.Callable;
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
        Plan plan = prepared.plan(UUID.randomUUID().toString());
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
            report.text(System.out, HostRanges::fold, ShellWords::join);
        }
        return 0;
    }
}
