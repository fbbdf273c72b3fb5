package org.jetfanout.service.templates;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;
import org.jetfanout.site.yaml.YamlValue;

/**
 * How a caller narrows the hosts of a template: by names of hosts, in the option that the command's
 * runner has for that. Pure functions.
 */
final class HostsLimit {
    static final String NAME = "limit";

    static final String ANSIBLE = "ansible-playbook";
    private static final Set<String> OWN = Set.of("--limit-hosts");
    private static final Set<String> OF_ANSIBLE = Set.of("--limit", "-l");
    private static final int MOST = 10_000;
    private static final Pattern HOST = Pattern.compile("[A-Za-z0-9_][A-Za-z0-9._-]{0,252}");

    private HostsLimit() {}

    /**
     * Fails where the command has a limit of its own, which that of a caller would replace, not
     * narrow.
     */
    static void check(YamlValue limit, List<CommandWord> command) {
        Set<String> own = command.get(0).isPlainly(ANSIBLE) ? OF_ANSIBLE : OWN;
        for (CommandWord word : command) {
            String text = word.with(Map.of());
            if (text.equals("--")) {
                // what follows is the command of a host
                return;
            }
            for (String option : own) {
                boolean glued =
                        option.length() == 2
                                ? text.length() > 2 && text.startsWith(option)
                                : text.startsWith(option + "=");
                if (text.equals(option) || glued) {
                    throw limit.error(
                            "limit: the command has "
                                    + option
                                    + " already, and a caller's limit would replace it. Use"
                                    + " --limit-groups there, or a variable");
                }
            }
        }
    }

    /** What is wrong with a limit. */
    static Optional<String> trouble(String limit) {
        List<String> hosts = hosts(limit);
        if (hosts.isEmpty() || hosts.size() > MOST) {
            return Optional.of("must name a host, and at most " + MOST);
        }
        return hosts.stream().allMatch(host -> HOST.matcher(host).matches())
                ? Optional.empty()
                : Optional.of(
                        "must be names of hosts, separated by commas: no groups, patterns or"
                                + " options");
    }

    private static List<String> hosts(String limit) {
        return List.of(limit.split("[,:\\s]+", -1)).stream()
                .filter(host -> !host.isEmpty())
                .toList();
    }

    /** The command with the limit. */
    static List<String> with(List<String> words, String limit) {
        List<String> hosts = hosts(limit);
        boolean ansible = words.get(0).equals(ANSIBLE);
        List<String> limited = new ArrayList<>(words);
        // before all that may belong to the command of a host
        int at = words.get(0).startsWith("-") ? 0 : 1;
        limited.add(at, ansible ? "--limit" : "--limit-hosts");
        limited.add(at + 1, String.join(ansible ? "," : ":", hosts));
        return limited;
    }
}
