package org.jetfanout.runner.ansible;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** What users should know before a run: what means something else when workers do it. */
final class AnsibleWarnings {
    /** So many places of one meaning are named. */
    private static final int MOST_PLACES = 5;

    private final AnsibleRequest request;
    private final AnsibleAnswer answer;

    /** At most how many batches the run has. */
    private final int batches;

    AnsibleWarnings(AnsibleRequest request, AnsibleAnswer answer, int batches) {
        this.request = request;
        this.answer = answer;
        this.batches = batches;
    }

    /**
     * The warnings, a line each.
     *
     * @param hosts of the run
     * @param found in the playbooks
     * @param verified whether some worker verifies the hosts
     */
    List<String> of(
            List<String> hosts, Map<Meaning, Set<PlaybookScan.Finding>> found, boolean verified) {
        List<String> warnings = new ArrayList<>();
        found.forEach(
                (meaning, places) -> {
                    if (batches > 1 || !meaning.overSeveral()) {
                        warnings.add(line(meaning, List.copyOf(places)));
                    }
                });
        request.privateKey()
                .or(() -> answer.setting("DEFAULT_PRIVATE_KEY_FILE"))
                .ifPresent(
                        key ->
                                warnings.add(
                                        "the private key "
                                                + key
                                                + " stays on this machine: workers log in to the"
                                                + " hosts with the keys of your ssh-agent (add it"
                                                + " there with ssh-add)"));
        if (verified && answer.setting("HOST_KEY_CHECKING").orElse("").equals("false")) {
            warnings.add(
                    "host_key_checking is off in ansible's settings here; workers verify the hosts"
                            + " all the same. 'host_keys: off' in workers.yml accepts every key");
        }
        List<String> local =
                hosts.stream()
                        .filter(host -> "local".equals(answer.connections().get(host)))
                        .toList();
        if (!local.isEmpty()) {
            warnings.add(
                    "ansible_connection is local: tasks of these hosts run on their worker ("
                            + (local.size() == 1 ? "1 host: " : local.size() + " hosts: ")
                            + AnsibleWork.named(local)
                            + ")");
        }
        if (batches > 1 && request.hasFlag("--start-at-task")) {
            warnings.add("--start-at-task: each worker starts at the task, with its own hosts");
        }
        if (batches > 1 && request.playbooks().size() > 1) {
            warnings.add(
                    "several playbooks: ansible does not begin the next one after a host failed;"
                            + " each worker decides that for its own hosts");
        }
        return List.copyOf(warnings);
    }

    private String line(Meaning meaning, List<PlaybookScan.Finding> places) {
        String others =
                places.stream()
                        .skip(1)
                        .limit(MOST_PLACES - 1)
                        .map(this::shown)
                        .collect(Collectors.joining(", "));
        int more = places.size() - MOST_PLACES;
        return shown(places.get(0))
                + ": "
                + meaning.text()
                + (others.isEmpty() ? "" : " (also " + others)
                + (more > 0 ? " and " + more + " more" : "")
                + (others.isEmpty() ? "" : ")");
    }

    /** The first place that may need hosts that a slice of the inventory does not have. */
    static java.util.Optional<Map.Entry<Meaning, PlaybookScan.Finding>> readsOthers(
            Map<Meaning, Set<PlaybookScan.Finding>> found) {
        return found.entrySet().stream()
                .filter(entry -> entry.getKey().readsOthers())
                .map(entry -> Map.entry(entry.getKey(), entry.getValue().iterator().next()))
                .findFirst();
    }

    private String shown(PlaybookScan.Finding place) {
        Path file = place.file();
        Path from = request.directory().toAbsolutePath().normalize();
        return (file.startsWith(from) ? from.relativize(file) : file) + ":" + place.line();
    }
}
