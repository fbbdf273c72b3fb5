package org.jetfanout.runner;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/** jetp's command line on a worker. Pure functions. */
public final class JetpCommand {
    private JetpCommand() {}

    /**
     * The words of the command line, as jetp's own parser wants them: flag and value apart, lists
     * joined by colons. What the user's command line says wins over workers.yml.
     *
     * @param jetp how the worker calls jetp: program, prefix, arguments
     * @param threads hosts worked on at once, from workers.yml
     * @param batchSize {@code batch_size} of workers.yml
     * @param sudo {@code sudo_user} of workers.yml
     * @param login login on the hosts, see {@link RunnerOptions#login}
     * @param options what the user's command line says
     * @param paths what is where in the bundle
     */
    public static List<String> words(
            List<String> jetp,
            int threads,
            OptionalInt batchSize,
            Optional<String> sudo,
            String login,
            RunnerOptions options,
            BundlePaths paths) {
        List<String> words = new ArrayList<>(jetp);
        words.add(options.mode());
        paths(words, "--playbook", paths.playbooks());
        paths(words, "--inventory", paths.inventory());
        paths(words, "--roles", paths.roles());
        paths(words, "--modules", paths.modules());
        add(words, "--user", login);
        options.port().ifPresent(port -> add(words, "--port", Integer.toString(port)));
        add(words, "--threads", Integer.toString(threads));
        (options.batchSize().isPresent() ? options.batchSize() : batchSize)
                .ifPresent(size -> add(words, "--batch-size", Integer.toString(size)));
        options.sudo().or(() -> sudo).ifPresent(user -> add(words, "--sudo", user));
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
        if (options.verbosity() > 0) {
            words.add("-" + "v".repeat(options.verbosity()));
        }
        return List.copyOf(words);
    }

    private static void paths(List<String> words, String flag, List<String> paths) {
        for (String path : paths) {
            if (path.contains(":")) {
                throw new IllegalArgumentException("jetp parts paths at colons: " + path);
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
