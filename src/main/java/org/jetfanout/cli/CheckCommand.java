package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jetfanout.check.Check;
import org.jetfanout.check.CheckReport;
import org.jetfanout.pack.AgentAccess;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.run.SinkCheck;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.text.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code check}: asks the workers whether they are ready, and changes nothing on them. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Checks whether each worker is ready for a run. Changes nothing on the workers.",
            "It checks the connection, host key, login, account (not root), runner, disk space,"
                    + " agent",
            "forwarding, keys and clock. It also checks the settings of the sinks that are on.",
            "Accepts the options of a run. Only --inventory and --worker-config are required.",
            "Takes the command line of any run: check ansible-playbook … site.yml."
        })
final class CheckCommand implements Callable<Integer>, Asked.OfRun {
    @Mixin private RunOptions options;

    @Mixin private SinkChoice sinks;

    @Parameters(
            arity = "0..1",
            paramLabel = "MODE",
            description =
                    "Mode of jetp: ssh (default) makes changes; check-ssh only shows them. Jetpack's"
                            + " apply and run are ssh; its plan is check-ssh.")
    private String mode = Mode.USUAL;

    @Option(names = "--json", description = "Print one JSON document.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        return look(
                options.look(mode).with(sinks.request(Optional.empty(), Optional.empty())), json);
    }

    @Override
    public int look(RunRequest request, boolean asJson) throws IOException {
        SshSettings ssh = SshSettings.ofUser();
        List<SinkCheck> shown = SinkCheck.of(request.sinks(), request.routes(), System.getenv());
        CheckedRequest prepared = CheckedRequest.read(request, Main::say);
        AgentAccess access = prepared.requireAgent(ssh);
        prepared.work().warnings().forEach(warning -> Main.say("warning: " + warning));
        if (prepared.work().isRunnable()) {
            // this reads roles and variables, and refuses what a run would refuse
            prepared.commands(Main::say);
        }
        CheckReport report = new Check(prepared, ssh, access).run();
        if (asJson) {
            System.out.println(new ObjectMapper().writeValueAsString(json(report, shown)));
        } else {
            report.warnings().forEach(warning -> Main.say("warning: " + warning));
            report.workers().forEach(worker -> System.out.println(Text.forTerminal(worker.text())));
            shown.forEach(sink -> System.out.println(Text.forTerminal(sink.text())));
            System.out.println(report.summary());
        }
        return report.exitCode().code();
    }

    private static Map<String, Object> json(CheckReport report, List<SinkCheck> sinks) {
        Map<String, Object> json = new LinkedHashMap<>(report.json());
        json.put("sinks", sinks.stream().map(SinkCheck::json).toList());
        return json;
    }
}
