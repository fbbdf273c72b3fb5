package org.jetfanout.site.workers;

import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.Groups;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * The workers of each worker group, with address, port and login name. A user or port in
 * workers.yml (that of the group before that of all groups) overrides {@code jet_ssh_user} and
 * {@code jet_ssh_port} of the inventory. Where neither gives one, ssh_config decides. Immutable.
 */
public final class WorkerGroups {
    private static final String ADDRESS_VARIABLE = "jet_ssh_hostname";
    private static final String PORT_VARIABLE = "jet_ssh_port";
    private static final String USER_VARIABLE = "jet_ssh_user";

    private static final Pattern ADDRESS =
            Pattern.compile("[A-Za-z0-9._:%][A-Za-z0-9._:%-]{0,254}");

    private final Map<String, List<Worker>> workers;
    private final Map<String, Map<String, Worker>> byName = new HashMap<>();

    private WorkerGroups(Map<String, List<Worker>> workers) {
        this.workers = workers;
        workers.forEach(
                (group, list) ->
                        byName.put(
                                group,
                                list.stream()
                                        .collect(
                                                Collectors.toMap(
                                                        Worker::name, Function.identity()))));
    }

    /**
     * Finds the workers of every worker group of the map.
     *
     * @throws ConfigurationException where a worker group is missing or empty, where an address,
     *     port or login is invalid, or where a login is root
     */
    public static WorkerGroups resolve(WorkersConfig config, Groups inventory) {
        Map<String, List<Worker>> workers = new HashMap<>();
        for (MapEntry entry : config.map()) {
            workers.computeIfAbsent(entry.to(), group -> workers(entry, config, inventory));
        }
        return new WorkerGroups(workers);
    }

    private static List<Worker> workers(MapEntry entry, WorkersConfig config, Groups inventory) {
        String group = entry.to();
        if (!inventory.hasGroup(group)) {
            throw ConfigurationException.at(
                    config.file(), entry.line(), "no workers: " + inventory.missing(group));
        }
        List<String> names = inventory.hostsOf(group);
        if (names.isEmpty()) {
            throw ConfigurationException.at(
                    config.file(),
                    entry.line(),
                    "worker group "
                            + Quoted.of(group)
                            + " has no hosts: add at least one worker to it");
        }
        WorkerSettings settings = config.settings(group);
        return names.stream()
                .sorted()
                .map(name -> worker(name, group, settings, inventory))
                .toList();
    }

    private static Worker worker(
            String name, String group, WorkerSettings settings, Groups inventory) {
        Map<String, Object> variables = inventory.variables(name);
        String address = text(variables, ADDRESS_VARIABLE, name);
        if (!ADDRESS.matcher(address).matches()) {
            throw bad(
                    inventory,
                    name,
                    group,
                    ADDRESS_VARIABLE,
                    "cannot connect to "
                            + Quoted.of(address)
                            + ": an address has letters, digits and . - _ : %, and does not start"
                            + " with -; set jet_ssh_hostname in the inventory");
        }
        int port =
                settings.port().isPresent()
                        ? settings.port().getAsInt()
                        : port(text(variables, PORT_VARIABLE, ""), name, group, inventory);
        String user = settings.user().orElseGet(() -> text(variables, USER_VARIABLE, ""));
        if (!user.isEmpty() && !LoginName.isValid(user)) {
            throw bad(
                    inventory,
                    name,
                    group,
                    USER_VARIABLE,
                    "jet_ssh_user " + LoginName.RULE + ", not " + Quoted.of(user));
        }
        if (LoginName.isRoot(user)) {
            throw bad(
                    inventory,
                    name,
                    group,
                    USER_VARIABLE,
                    "its login is root, and root on a worker can use the keys that the worker"
                            + " receives. Set another 'user' in workers.yml or another"
                            + " jet_ssh_user in the inventory");
        }
        return new Worker(name, group, address, port, user);
    }

    private static int port(String text, String name, String group, Groups inventory) {
        if (text.isEmpty()) {
            return 0;
        }
        try {
            int port = Integer.parseInt(text);
            if (port >= 1 && port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException e) {
            // reported below
        }
        throw bad(
                inventory,
                name,
                group,
                PORT_VARIABLE,
                "jet_ssh_port must be a whole number from 1 to 65535, not " + Quoted.of(text));
    }

    private static String text(Map<String, Object> variables, String name, String otherwise) {
        Object value = variables.get(name);
        return value == null ? otherwise : value.toString();
    }

    /**
     * An error about a worker's variable. It begins with the place that sets the variable, where
     * that is known.
     */
    private static ConfigurationException bad(
            Groups inventory, String worker, String group, String variable, String message) {
        return new ConfigurationException(
                inventory.source(worker, variable).map(place -> place + ": ").orElse("")
                        + "worker "
                        + Quoted.of(worker)
                        + " of "
                        + Quoted.of(group)
                        + ": "
                        + message);
    }

    /**
     * The workers of a worker group, by name.
     *
     * @throws ConfigurationException where the map does not name the group as a worker group
     */
    public List<Worker> workers(String group) {
        List<Worker> found = workers.get(group);
        if (found == null) {
            throw new ConfigurationException(
                    Quoted.of(group)
                            + " is not a worker group of the worker map"
                            + NearestName.nameHint(group, workers.keySet()));
        }
        return found;
    }

    /**
     * The worker of that name in a worker group.
     *
     * @throws ConfigurationException where the worker group does not exist or has no such worker
     */
    public Worker worker(String group, String name) {
        List<Worker> found = workers(group);
        Worker worker = byName.get(group).get(name);
        if (worker == null) {
            throw new ConfigurationException(
                    Quoted.of(name)
                            + " is not a worker of "
                            + Quoted.of(group)
                            + NearestName.nameHint(
                                    name, found.stream().map(Worker::name).toList()));
        }
        return worker;
    }

    /** The workers of each worker group, by its name. */
    public Map<String, List<Worker>> all() {
        return Collections.unmodifiableMap(workers);
    }

    /** The names of the worker groups, sorted. */
    public List<String> names() {
        return workers.keySet().stream().sorted().toList();
    }
}
