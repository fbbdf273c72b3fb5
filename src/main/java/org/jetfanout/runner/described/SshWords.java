package org.jetfanout.runner.described;

import java.util.ArrayList;
import java.util.List;
import org.jetfanout.site.workers.HostVerification;

/**
 * Options of OpenSSH's client, in the form {@code Name=value}, with which a runner logs in to hosts
 * as jet-fanout wants it: no questions, verified host keys, no connection that outlives the job or
 * passes by the agent guard. Pure functions.
 */
final class SshWords {
    private static final List<String> ALWAYS =
            List.of("BatchMode=yes", "ControlMaster=no", "ControlPath=none", "ForwardAgent=no");

    private SshWords() {}

    /**
     * The options.
     *
     * @param knownHosts path on the worker of the known_hosts that travelled
     */
    static List<String> of(HostVerification hostKeys, String knownHosts) {
        List<String> checks =
                switch (hostKeys) {
                    case CONTROL ->
                            List.of(
                                    "StrictHostKeyChecking=yes",
                                    "UserKnownHostsFile=\"" + knownHosts + "\"",
                                    "GlobalKnownHostsFile=/dev/null",
                                    "UpdateHostKeys=no");
                    case WORKER -> List.of("StrictHostKeyChecking=yes");
                    case OFF ->
                            List.of(
                                    "StrictHostKeyChecking=no",
                                    "UserKnownHostsFile=/dev/null",
                                    "GlobalKnownHostsFile=/dev/null",
                                    "LogLevel=ERROR");
                };
        List<String> options = new ArrayList<>(ALWAYS);
        options.addAll(checks);
        return List.copyOf(options);
    }
}
