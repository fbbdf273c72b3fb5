package org.jetfanout.plan;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;
import org.jetfanout.site.inventory.Groups;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerGroups;

/**
 * The hosts of a run that are also workers of this run, by name or as the same machine under
 * another name. The run would configure such a machine while it uses it, and a reboot would
 * interrupt the run. Immutable.
 *
 * @param hosts the name of the worker by the name of the host, in the order of the hosts
 */
public record WorkersAmongHosts(Map<String, String> hosts) {
    private static final String SSH_PORT = "22";
    private static final int MOST_OTHERS = 5;

    /** Copies the map and keeps its order. */
    public WorkersAmongHosts {
        hosts = Collections.unmodifiableMap(new LinkedHashMap<>(hosts));
    }

    /**
     * Compares the hosts with the workers of those groups that configure any of them.
     *
     * @param hosts of the run
     * @param map which worker group configures a host
     * @param port the SSH port of hosts for which the inventory gives none
     */
    public static WorkersAmongHosts of(
            List<String> hosts, Groups inventory, WorkerMap map, WorkerGroups groups, int port) {
        Set<String> used = new TreeSet<>();
        for (String host : hosts) {
            String group = map.match(host);
            if (group != null) {
                used.add(group);
            }
        }
        Set<String> names = new HashSet<>();
        Map<String, String> places = new HashMap<>();
        for (String group : used) {
            for (Worker worker : groups.workers(group)) {
                names.add(worker.name());
                places.putIfAbsent(
                        place(
                                worker.address(),
                                worker.port() == 0 ? SSH_PORT : Integer.toString(worker.port())),
                        worker.name());
            }
        }
        Map<String, String> found = new LinkedHashMap<>();
        for (String host : hosts) {
            if (names.contains(host)) {
                found.put(host, host);
                continue;
            }
            Map<String, Object> variables = inventory.variables(host);
            String worker =
                    places.get(
                            place(
                                    text(variables, "jet_ssh_hostname", host),
                                    text(variables, "jet_ssh_port", Integer.toString(port))));
            if (worker != null) {
                found.put(host, worker);
            }
        }
        return new WorkersAmongHosts(found);
    }

    /** Whether there are none. */
    public boolean isEmpty() {
        return hosts.isEmpty();
    }

    /**
     * Names these hosts in a few words.
     *
     * @param fold shortens host names to ranges
     */
    public String text(Function<? super List<String>, String> fold) {
        List<String> same = new ArrayList<>();
        List<String> others = new ArrayList<>();
        hosts.forEach(
                (host, worker) -> {
                    if (host.equals(worker)) {
                        same.add(host);
                    } else {
                        others.add(host + " (another name of worker " + worker + ")");
                    }
                });
        String named = same.isEmpty() ? "" : fold.apply(same);
        String shown = String.join(", ", others.subList(0, Math.min(MOST_OTHERS, others.size())));
        String more =
                others.size() > MOST_OTHERS
                        ? " and " + (others.size() - MOST_OTHERS) + " more"
                        : "";
        return named + (named.isEmpty() || shown.isEmpty() ? "" : ", ") + shown + more;
    }

    private static String place(String address, String port) {
        String name = address.toLowerCase(Locale.ROOT);
        if (name.endsWith(".")) {
            name = name.substring(0, name.length() - 1);
        }
        if (name.contains(":")) { // IPv6, which can be written in many ways
            try {
                name = InetAddress.getByName(name).getHostAddress();
            } catch (UnknownHostException e) {
                return name + " " + port; // none at all: nobody is asked about it
            }
        }
        return name + " " + port;
    }

    private static String text(Map<String, Object> variables, String name, String otherwise) {
        Object value = variables.get(name);
        return value == null ? otherwise : value.toString();
    }
}
