package org.jetfanout.demo;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.apache.sshd.agent.SshAgent;
import org.apache.sshd.server.Environment;

/** Runs the commands of a login with the real shell, in a home of its own. Thread-safe. */
final class LoginShell {
    /**
     * The variables that a process of a login inherits. It does not get the rest of this program's
     * environment.
     */
    private static final List<String> INHERITED = List.of("PATH", "LANG", "LC_ALL");

    private final Path home;
    private final Account account;

    LoginShell(Path home, Account account) {
        this.home = home;
        this.account = account;
    }

    /** Starts a command line. */
    Process start(String line, Environment login) throws IOException {
        ProcessBuilder builder =
                new ProcessBuilder(account.command(List.of("/bin/sh", "-c", line)))
                        .directory(home.toFile());
        Map<String, String> environment = builder.environment();
        environment.keySet().retainAll(INHERITED);
        environment.put("HOME", home.toString());
        environment.put("USER", login.getEnv().getOrDefault(Environment.ENV_USER, "demo"));
        String agent = login.getEnv().get(SshAgent.SSH_AUTHSOCKET_ENV_NAME);
        if (agent != null) {
            environment.put(SshAgent.SSH_AUTHSOCKET_ENV_NAME, agent);
        }
        return builder.start();
    }
}
