package org.jetfanout.ssh;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.config.Destination;
import org.jetfanout.ssh.config.HostAndPort;
import org.jetfanout.ssh.config.SshConfig;
import org.jetfanout.ssh.config.SshConfig.Resolved;
import org.jetfanout.text.Quoted;

/**
 * The machines that a login to a worker passes through. Immutable.
 *
 * @param jumps the jump hosts, nearest to us first
 * @param worker the last machine
 */
record LoginPath(List<Hop> jumps, Hop worker) {
    private static final int MAX_JUMPS = 10;

    /** Copies the list. */
    LoginPath {
        jumps = List.copyOf(jumps);
    }

    /**
     * The path that ssh_config gives. A jump host that itself needs jump hosts adds them.
     *
     * @throws ConfigurationException where the path is a circle
     */
    static LoginPath to(Destination destination, SshConfig config) {
        String label = label(destination);
        Resolved resolved = config.resolve(destination);
        List<Hop> jumps = new ArrayList<>();
        addJumps(jumps, label, resolved, config, 0);
        return new LoginPath(jumps, new Hop(label, resolved));
    }

    /** The worker's name in messages. */
    static String label(Destination destination) {
        return "worker " + Quoted.excerpt(destination.name());
    }

    /** All machines of the path, the worker last. */
    List<Hop> hops() {
        return Stream.concat(jumps.stream(), Stream.of(worker)).toList();
    }

    private static void addJumps(
            List<Hop> way, String label, Resolved resolved, SshConfig config, int depth) {
        if (depth > MAX_JUMPS || way.size() > MAX_JUMPS) {
            throw new ConfigurationException(label + ": ProxyJump forms a loop");
        }
        boolean first = true;
        for (String text : resolved.jumps()) {
            Destination jump = jump(label, text);
            Resolved hop = config.resolve(jump);
            if (first) {
                addJumps(way, label, hop, config, depth + 1);
            }
            first = false;
            way.add(new Hop(label + ": jump host " + jump.name(), hop));
        }
    }

    /** Parses {@code [user@]host[:port]}, with or without {@code ssh://}. */
    private static Destination jump(String label, String text) {
        String rest = text.startsWith("ssh://") ? text.substring("ssh://".length()) : text;
        int at = rest.lastIndexOf('@');
        String user = at < 0 ? "" : rest.substring(0, at);
        HostAndPort target = HostAndPort.parse(rest.substring(at + 1), label + ": ProxyJump");
        return new Destination(target.host(), target.host(), target.port(), user);
    }
}
