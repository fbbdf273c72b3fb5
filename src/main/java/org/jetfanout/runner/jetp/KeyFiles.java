package org.jetfanout.runner.jetp;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.Text;

/**
 * Finds key files that variables name for hosts. The runner looks for them on the worker, and no
 * one copies them there. Pure functions.
 */
final class KeyFiles {
    private static final String VARIABLE = "jet_ssh_private_key_file";
    private static final int MOST = 5;

    private KeyFiles() {}

    /** One line for each key file. Extra variables apply to all hosts. */
    static List<String> warnings(JetpWork work) {
        Map<String, List<String>> hosts = new LinkedHashMap<>();
        Optional<String> forAll = ofExtraVars(work.request());
        for (String host : work.hosts()) {
            Object file =
                    forAll.isPresent()
                            ? forAll.get()
                            : work.inventory().variables(host).get(VARIABLE);
            if (file != null) {
                hosts.computeIfAbsent(file.toString(), name -> new ArrayList<>()).add(host);
            }
        }
        List<String> warnings = new ArrayList<>();
        hosts.forEach(
                (file, names) -> {
                    if (warnings.size() < MOST) {
                        warnings.add(warning(file, names));
                    }
                });
        if (hosts.size() > MOST) {
            warnings.add(
                    VARIABLE
                            + ": "
                            + (hosts.size() - MOST)
                            + " more files that the runner looks for on the workers");
        }
        return warnings;
    }

    private static String warning(String file, List<String> hosts) {
        return VARIABLE
                + ": the runner looks for "
                + Text.plain(file)
                + " on the worker, not on this machine: copy it there, or use keys of the"
                + " ssh-agent ("
                + (hosts.size() == 1 ? "1 host: " : hosts.size() + " hosts: ")
                + HostRanges.fold(hosts, MOST)
                + ")";
    }

    /** The key file that the extra variables name. The last one counts. */
    private static Optional<String> ofExtraVars(PlaybookRequest request) {
        Optional<String> found = Optional.empty();
        for (String text : request.extraVars()) {
            Optional<YamlValue> variables =
                    text.startsWith("@")
                            ? YamlValue.read(Path.of(text.substring(1)))
                            : YamlValue.parse(Path.of("--extra-vars"), text);
            Optional<String> file =
                    variables
                            .filter(YamlValue::isMapping)
                            .map(value -> value.mapping("--extra-vars").get(VARIABLE))
                            .filter(value -> value.isScalar() && !value.isNull())
                            .map(value -> value.text(VARIABLE));
            found = file.isPresent() ? file : found;
        }
        return found;
    }
}
