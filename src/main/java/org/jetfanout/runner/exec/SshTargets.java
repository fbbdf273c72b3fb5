package org.jetfanout.runner.exec;

import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Batch;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.text.Quoted;

/**
 * By which address, port and login name ssh reaches each host: its variables, else the options.
 * Names of hosts and values of variables may be hostile. None gets through that ssh could take for
 * an option, a URI or a user's name. Immutable.
 */
public final class SshTargets {
    private static final Pattern ADDRESS = Pattern.compile("[A-Za-z0-9_:][A-Za-z0-9._:%-]*");

    private final Inventory inventory;
    private final ExecOptions options;

    /**
     * @param options for hosts whose variables say nothing
     */
    public SshTargets(Inventory inventory, ExecOptions options) {
        this.inventory = inventory;
        this.options = options;
    }

    /** Where a host is. */
    public record Target(String host, String address, Optional<Integer> port, String login) {
        /** Its line for the script on the worker. */
        String line() {
            return String.join("\t", host, address, port.map(String::valueOf).orElse("-"), login);
        }

        /** The name by which known_hosts has it. */
        public String knownAs() {
            return port.isEmpty() || port.get() == 22 ? address : "[" + address + "]:" + port.get();
        }
    }

    /**
     * The target of a host.
     *
     * @throws ConfigurationException where a value cannot be passed to ssh
     */
    public Target of(String host) {
        String address = variable(host, "jet_ssh_hostname", "ansible_host").orElse(host);
        if (!ADDRESS.matcher(address).matches()) {
            throw error(host, Quoted.of(address) + " cannot be the address of a host");
        }
        String login = variable(host, "jet_ssh_user", "ansible_user").orElse(options.user());
        ExecOptions.checkLogin("host " + Quoted.of(host), login);
        Optional<Integer> port =
                variable(host, "jet_ssh_port", "ansible_port").map(text -> port(host, text));
        if (port.isEmpty() && options.port().isPresent()) {
            port = Optional.of(options.port().getAsInt());
        }
        return new Target(host, address, port, login);
    }

    /**
     * The names with which the agent may log in to the hosts of a batch: their own, and those that
     * workers.yml adds. Empty where it may use any.
     */
    public Set<String> logins(Batch batch, WorkerSettings settings) {
        if (settings.agentUsers().contains(WorkerSettings.ANY_USER)) {
            return Set.of();
        }
        Set<String> names = new TreeSet<>(settings.agentUsers());
        batch.hosts().forEach(host -> names.add(of(host).login()));
        return names;
    }

    private Optional<String> variable(String host, String name, String ofAnsible) {
        return inventory
                .variable(host, name)
                .or(() -> inventory.variable(host, ofAnsible))
                .map(Object::toString)
                .filter(text -> !text.isEmpty());
    }

    private static int port(String host, String text) {
        try {
            int port = Integer.parseInt(text.strip());
            if (port >= 1 && port <= 65535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // refused below
        }
        throw error(host, Quoted.of(text) + " cannot be an SSH port");
    }

    private static ConfigurationException error(String host, String what) {
        return new ConfigurationException("host " + Quoted.of(host) + ": " + what);
    }
}
