package org.jetfanout.runner.described;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.site.workers.HostVerification;
import org.jetfanout.site.workers.WorkerSettings;

/**
 * The command line of a described runner on a worker. Paths in it begin with a mark, which
 * described.sh replaces by the folder of the bundle there. Immutable.
 */
final class WorkerCommand {
    /** Stands for the folder of the bundle. No word of the user's may contain it. */
    static final String MARK = "@jet-fanout-folder@";

    /** Ends options. As it is, it would say that the next word is a program of the worker's. */
    private static final String END_OF_OPTIONS = "--";

    /** The script that starts runner and filter, in the bundle. */
    static final String SCRIPT = "described.sh";

    /** The copy of the runner's folder, in the bundle. */
    static final String FOLDER = "runner";

    /** The folder with the file of the hosts, in the bundle. */
    static final String HOSTS = "hosts";

    /** Where in the bundle the control machine's known_hosts is. */
    static final String KNOWN_HOSTS = "known_hosts";

    /** For described.sh: the variables that may have a mark in their values. */
    private static final String EXPAND = "JET_FANOUT_EXPAND";

    private final Definition definition;
    private final List<String> arguments;
    private final String login;
    private final int port;

    /**
     * @param arguments words of the user's command line, as the runner gets them
     * @param login on hosts for which no variable says another
     * @param port of hosts for which no variable says another
     */
    WorkerCommand(Definition definition, List<String> arguments, String login, int port) {
        this.definition = definition;
        this.arguments = List.copyOf(arguments);
        this.login = login;
        this.port = port;
    }

    /** The words of the command line, run in the folder of the bundle. */
    List<String> words(WorkerSettings settings) {
        List<String> filter = filled(definition.output().filter(), settings);
        List<String> words = new ArrayList<>();
        words.addAll(List.of("sh", SCRIPT, MARK, Integer.toString(filter.size())));
        words.addAll(filter);
        words.addAll(program(settings));
        words.addAll(
                filled(definition.command().subList(1, definition.command().size()), settings));
        return words;
    }

    /** The words that call the program: those of workers.yml, or else of the description. */
    List<String> program(WorkerSettings settings) {
        String said = settings.program(definition.name());
        return said.equals(definition.name())
                ? filled(definition.command().subList(0, 1), settings)
                : ShellWords.split(said);
    }

    /** The variables of the runner's environment. */
    Map<String, String> environment(WorkerSettings settings) {
        Map<String, String> environment = new HashMap<>();
        definition
                .env()
                .forEach(
                        (name, template) ->
                                environment.put(name, template.fillOrEmpty(values(settings)::get)));
        if (!environment.isEmpty()) {
            environment.put(EXPAND, String.join(" ", definition.env().keySet()));
        }
        return environment;
    }

    private List<String> filled(List<Template> templates, WorkerSettings settings) {
        Values values = values(settings);
        List<String> words = new ArrayList<>();
        for (Template template : templates) {
            if (template.is(DefinitionReader.ARGUMENTS)) {
                words.addAll(arguments);
            } else if (template.names().contains(DefinitionReader.SSH_OPTION)) {
                for (String option : SshWords.of(settings.hostKeys(), values.knownHosts)) {
                    words.add(
                            template.fillOrEmpty(
                                    name ->
                                            name.equals(DefinitionReader.SSH_OPTION)
                                                    ? Optional.of(option)
                                                    : values.get(name)));
                }
            } else {
                words.add(template.fillOrEmpty(values::get));
            }
        }
        words.replaceAll(word -> word.equals(END_OF_OPTIONS) ? MARK + END_OF_OPTIONS : word);
        return words;
    }

    private Values values(WorkerSettings settings) {
        return new Values(settings);
    }

    /** The values of the placeholders that have one value. */
    private final class Values {
        private final WorkerSettings settings;
        private final String knownHosts;

        Values(WorkerSettings settings) {
            this.settings = settings;
            this.knownHosts =
                    switch (settings.hostKeys()) {
                        case CONTROL -> MARK + "/" + KNOWN_HOSTS;
                        case WORKER -> "~/.ssh/known_hosts";
                        case OFF -> "/dev/null";
                    };
        }

        Optional<String> get(String name) {
            return switch (name) {
                case "folder" -> Optional.of(MARK + "/" + FOLDER);
                case "hosts_file" ->
                        Optional.of(MARK + "/" + HOSTS + "/" + definition.hosts().name());
                case "known_hosts" -> Optional.of(knownHosts);
                case "login" -> Optional.of(login);
                case "port" -> Optional.of(Integer.toString(port));
                case "sudo_user" -> settings.sudoUser();
                case "threads" -> Optional.of(Integer.toString(settings.threads()));
                default -> throw new IllegalArgumentException(name);
            };
        }
    }

    /** Whether the hosts' keys are verified with those that the control machine knows. */
    static boolean needsKnownHosts(WorkerSettings settings) {
        return settings.hostKeys() == HostVerification.CONTROL;
    }
}
