package org.jetfanout.runner.jetp;

import java.util.ArrayList;
import java.util.List;
import org.jetfanout.runner.jetp.bundle.BundlePaths;

/** jetp's command line on a worker. Pure functions. */
final class JetpCommand {
    private JetpCommand() {}

    /**
     * The words of the command line in the form that jetp's parser needs: flag and value as
     * separate words, lists joined by colons.
     */
    static List<String> words(JetpCall call) {
        JetpOptions options = call.options();
        BundlePaths paths = call.paths();
        List<String> words = new ArrayList<>(call.program());
        words.add(options.mode());
        paths(words, "--playbook", paths.playbooks());
        paths(words, "--inventory", paths.inventory());
        paths(words, "--roles", paths.roles());
        paths(words, "--modules", paths.modules());
        add(words, "--user", call.login());
        options.port().ifPresent(port -> add(words, "--port", Integer.toString(port)));
        add(words, "--threads", Integer.toString(call.threads()));
        (options.batchSize().isPresent() ? options.batchSize() : call.batchSize())
                .ifPresent(size -> add(words, "--batch-size", Integer.toString(size)));
        options.sudo().or(call::sudo).ifPresent(user -> add(words, "--sudo", user));
        if (!options.tags().isEmpty()) {
            add(words, "--tags", String.join(":", options.tags()));
        }
        paths.extraVars().forEach(path -> add(words, "--extra-vars", "@" + path));
        if (options.forwardAgent()) {
            words.add("--forward-agent");
        }
        if (options.allowLocalhostDelegation()) {
            words.add("--allow-localhost-delegation");
        }
        if (options.async()) {
            words.add("--async");
        }
        if (options.verbosity() > 0) {
            words.add("-" + "v".repeat(options.verbosity()));
        }
        return List.copyOf(words);
    }

    private static void paths(List<String> words, String flag, List<String> paths) {
        for (String path : paths) {
            if (path.contains(":")) {
                throw new IllegalArgumentException("jetp separates paths at colons: " + path);
            }
        }
        if (!paths.isEmpty()) {
            add(words, flag, String.join(":", paths));
        }
    }

    private static void add(List<String> words, String flag, String value) {
        words.add(flag);
        words.add(value);
    }
}
