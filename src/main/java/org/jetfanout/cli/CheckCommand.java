package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.util.concurrent.Callable;
import org.jetfanout.log.Text;
import org.jetfanout.pipeline.AgentAccess;
import org.jetfanout.pipeline.Check;
import org.jetfanout.pipeline.CheckReport;
import org.jetfanout.pipeline.Prepared;
import org.jetfanout.ssh.SshSettings;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Asks the workers whether they are ready, and changes nothing on them. */
@Command(
        name = "check",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Asks each worker whether it is ready: reachable, host key, login, not root, runner,"
                    + " space, agent forwarding, keys, clock. Changes nothing there.",
            "Takes the command line of a run; needs only --inventory and --worker-config of it."
        })
final class CheckCommand implements Callable<Integer> {
    @Mixin private RunOptions options;

    @Parameters(arity = "0..1", paramLabel = "MODE", description = "ssh (default) or check-ssh.")
    private String mode = "ssh";

    @Option(names = "--json", description = "One JSON document, for programs.")
    private boolean json;

    @Override
    public Integer call() throws IOException {
        SshSettings ssh = SshSettings.ofUser();
        Prepared prepared = Prepared.read(options.look(mode), Main::say);
        AgentAccess access = prepared.requireAgent(ssh);
        prepared.keyFileWarnings().forEach(warning -> Main.say("warning: " + warning));
        if (!prepared.playbooks().isEmpty()) {
            // roles and variables are read for it, and refused as a run would refuse them
            prepared.commands(Main::say);
        }
        CheckReport report = new Check(prepared, ssh, access).run();
        if (json) {
            System.out.println(new ObjectMapper().writeValueAsString(report.json()));
        } else {
            report.warnings().forEach(warning -> Main.say("warning: " + warning));
            report.workers().forEach(worker -> System.out.println(Text.forTerminal(worker.text())));
            System.out.println(report.summary());
        }
        return report.exitCode().code();
    }
}
