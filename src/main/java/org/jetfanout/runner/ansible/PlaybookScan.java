package org.jetfanout.runner.ansible;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.ScalarNode;

/**
 * Goes through plays, their tasks, roles and included files, and notes where something means
 * another thing on workers. It follows names that it can resolve without running anything; where a
 * name is a template, it reads all files that it may stand for. For one thread.
 */
final class PlaybookScan {
    /** A place in a file where something was found. */
    record Finding(Path file, int line) {}

    private static final Set<String> TASK_LISTS =
            Set.of("tasks", "pre_tasks", "post_tasks", "handlers", "block", "rescue", "always");
    private static final Set<String> INCLUDED_FILES =
            Set.of("include_tasks", "import_tasks", "include");
    private static final Set<String> INCLUDED_ROLES = Set.of("include_role", "import_role");
    private static final Set<String> LOCAL_NAMES = Set.of("localhost", "127.0.0.1", "::1");
    private static final Set<String> USERS =
            Set.of("remote_user", "ansible_user", "ansible_ssh_user");
    private static final Set<String> SSH_ARGS = Set.of("ansible_ssh_args", "ansible_control_path");

    /** Lookups of values. */
    private static final Set<String> HARMLESS_LOOKUPS =
            Set.of(
                    "items",
                    "list",
                    "dict",
                    "subelements",
                    "together",
                    "nested",
                    "cartesian",
                    "sequence",
                    "random_choice",
                    "indexed_items",
                    "flattened",
                    "vars",
                    "varnames",
                    "inventory_hostnames",
                    "config");

    /** Lookups of files: those of the project travel. */
    private static final Set<String> FILE_LOOKUPS =
            Set.of(
                    "template",
                    "file",
                    "unvault",
                    "first_found",
                    "fileglob",
                    "filetree",
                    "csvfile",
                    "ini");

    private static final Pattern LITERAL =
            Pattern.compile("\\s*,\\s*['\"]([^'\"]*)['\"].*", Pattern.DOTALL);
    private static final Pattern LOOKUP =
            Pattern.compile("\\b(?:lookup|query|q)\\(\\s*['\"]([\\w.]+)['\"]([^)]*)");
    private static final Pattern OTHERS = Pattern.compile("\\bhostvars\\s*[\\[.|]");
    private static final Pattern OWN =
            Pattern.compile("\\bhostvars\\[\\s*inventory_hostname\\s*\\]");
    private static final Pattern PLAY_HOSTS =
            Pattern.compile("\\b(?:ansible_play_hosts(?:_all)?|ansible_play_batch|play_hosts)\\b");
    private static final Pattern LEADER =
            Pattern.compile(
                    "\\bgroups\\s*(?:\\[[^\\]]+\\]|\\.\\w+)\\s*(?:\\[\\s*-?\\d+\\s*\\]|\\|\\s*(?:first|last)\\b)");

    private final List<Path> rolesPath;
    private final List<Path> roots;

    // Mutable state
    private final Map<Meaning, Set<Finding>> found = new EnumMap<>(Meaning.class);
    private final Set<String> users = new LinkedHashSet<>();
    private final Set<Path> seen = new HashSet<>();

    /** The folder of the playbook that is read. */
    private Path playbookFolder = Path.of("/");

    /**
     * @param rolesPath folders of roles, besides those beside the playbooks
     * @param roots folders that travel
     */
    PlaybookScan(List<Path> rolesPath, List<Path> roots) {
        this.rolesPath = List.copyOf(rolesPath);
        this.roots = List.copyOf(roots);
    }

    /** Where each meaning was found, in the order of reading. */
    Map<Meaning, Set<Finding>> found() {
        return found;
    }

    /** Login names that plays, tasks and variables give; some may be templates. */
    Set<String> users() {
        return users;
    }

    /** Reads a play. */
    void play(AnsiblePlay play) {
        playbookFolder = play.file().getParent();
        for (Node item : LenientYaml.read(play.file()).map(LenientYaml::items).orElse(List.of())) {
            if (LenientYaml.line(item) == play.line()) {
                play(play.file(), item);
            }
        }
    }

    /** Reads a file or folder of variables. */
    void variables(Path place) {
        for (Path file : filesBelow(place)) {
            if (seen.add(file)) {
                LenientYaml.read(file).ifPresent(node -> texts(file, node));
            }
        }
    }

    private void play(Path file, Node play) {
        LenientYaml.entries(play)
                .forEach(
                        (key, value) -> {
                            switch (key.getValue()) {
                                case "serial" -> note(Meaning.SERIAL, file, key);
                                case "max_fail_percentage" -> note(Meaning.MAX_FAIL, file, key);
                                case "strategy" -> {
                                    if (!bare(value).equals("linear")) {
                                        note(Meaning.STRATEGY, file, key);
                                    }
                                }
                                case "connection" -> {
                                    if (bare(value).equals("local")) {
                                        note(Meaning.LOCAL, file, key);
                                    }
                                }
                                case "roles" -> LenientYaml.items(value).forEach(this::role);
                                case "vars_files" ->
                                        LenientYaml.items(value)
                                                .forEach(
                                                        item ->
                                                                LenientYaml.text(item)
                                                                        .map(
                                                                                playbookFolder
                                                                                        ::resolve)
                                                                        .ifPresent(
                                                                                this::variables));
                                default -> common(file, key, value);
                            }
                        });
        for (String name : TASK_LISTS) {
            LenientYaml.value(play, name).ifPresent(list -> tasks(file, list, playbookFolder));
        }
    }

    private void tasks(Path file, Node list, Path base) {
        LenientYaml.items(list).forEach(task -> task(file, task, base));
    }

    private void task(Path file, Node task, Path base) {
        LenientYaml.entries(task)
                .forEach(
                        (key, value) -> {
                            String name = shortName(key.getValue());
                            if (TASK_LISTS.contains(name)) {
                                tasks(file, value, base);
                            } else if (INCLUDED_FILES.contains(name)) {
                                include(argument(value, "file"), file, base);
                                texts(file, value);
                            } else if (INCLUDED_ROLES.contains(name)) {
                                role(value);
                            } else {
                                common(file, key, value);
                                module(file, key, name, value);
                            }
                        });
    }

    /** What plays, blocks and tasks have in common. */
    private void common(Path file, ScalarNode key, Node value) {
        String name = key.getValue();
        switch (name) {
            case "run_once" -> {
                if (!isFalse(value)) {
                    note(Meaning.RUN_ONCE, file, key);
                }
            }
            case "any_errors_fatal" -> {
                if (!isFalse(value)) {
                    note(Meaning.ANY_ERRORS_FATAL, file, key);
                }
            }
            case "throttle" -> note(Meaning.THROTTLE, file, key);
            case "delegate_to" ->
                    note(
                            LOCAL_NAMES.contains(bare(value)) ? Meaning.LOCAL : Meaning.DELEGATE,
                            file,
                            key);
            case "local_action" -> note(Meaning.LOCAL, file, key);
            default -> {
                if (TASK_LISTS.contains(name)) {
                    return; // read as tasks
                }
                if (name.startsWith("with_")
                        && isOfTheMachine(name.substring("with_".length()), value)) {
                    note(Meaning.LOOKUP, file, key);
                }
            }
        }
        entry(file, key, value);
    }

    private void module(Path file, ScalarNode key, String name, Node value) {
        switch (name) {
            case "fetch" -> note(Meaning.FETCH, file, key);
            case "add_host", "group_by" -> note(Meaning.ADDED, file, key);
            case "pause" -> {
                boolean timed =
                        LenientYaml.value(value, "seconds").isPresent()
                                || LenientYaml.value(value, "minutes").isPresent()
                                || bare(value).contains("seconds=")
                                || bare(value).contains("minutes=");
                if (!timed) {
                    note(Meaning.PAUSE, file, key);
                }
            }
            case "meta" -> {
                if (bare(value).equals("refresh_inventory")) {
                    note(Meaning.REFRESH, file, key);
                }
            }
            case "copy", "template", "unarchive", "script", "include_vars" -> {
                Optional<String> source =
                        argument(value, name.equals("include_vars") ? "file" : "src");
                boolean remote =
                        LenientYaml.value(value, "remote_src").filter(v -> !isFalse(v)).isPresent()
                                || bare(value).contains("remote_src=");
                if (!remote) {
                    source.filter(this::isOutside)
                            .ifPresent(path -> note(Meaning.CONTROL_FILE, file, key));
                }
            }
            default -> {}
        }
    }

    /** Whether it is an absolute path of this machine that does not travel. */
    private boolean isOutside(String path) {
        return path.startsWith("/")
                && !path.contains("{{")
                && roots.stream().noneMatch(Path.of(path)::startsWith);
    }

    /** Reads all texts of a value. */
    private void texts(Path file, Node node) {
        if (node instanceof ScalarNode scalar) {
            text(file, scalar);
        }
        LenientYaml.items(node).forEach(item -> texts(file, item));
        LenientYaml.entries(node).forEach((key, value) -> entry(file, key, value));
    }

    private void entry(Path file, ScalarNode key, Node value) {
        if (USERS.contains(key.getValue())) {
            LenientYaml.text(value).ifPresent(users::add);
        }
        if (SSH_ARGS.contains(key.getValue())) {
            note(Meaning.SSH_ARGS, file, key);
        }
        if (key.getValue().equals("when")
                || key.getValue().equals("that")
                || key.getValue().endsWith("_when")) {
            bareExpression(file, value);
        }
        texts(file, value);
    }

    private void bareExpression(Path file, Node value) {
        if (value instanceof ScalarNode scalar) {
            expression(file, scalar);
        }
        LenientYaml.items(value).forEach(item -> bareExpression(file, item));
    }

    private void text(Path file, ScalarNode scalar) {
        if (scalar.getValue().contains("{{") || scalar.getValue().contains("{%")) {
            expression(file, scalar);
        }
    }

    private void expression(Path file, ScalarNode scalar) {
        String text = scalar.getValue();
        if (OTHERS.matcher(OWN.matcher(text).replaceAll("")).find()) {
            note(Meaning.OTHERS, file, scalar);
        }
        if (PLAY_HOSTS.matcher(text).find()) {
            note(Meaning.PLAY_HOSTS, file, scalar);
        }
        if (LEADER.matcher(text).find()) {
            note(Meaning.LEADER, file, scalar);
        }
        Matcher lookups = LOOKUP.matcher(text);
        while (lookups.find()) {
            if (isOfTheMachine(shortName(lookups.group(1)), lookups.group(2))) {
                note(Meaning.LOOKUP, file, scalar);
            }
        }
    }

    /** Whether a lookup reads something that does not travel with the project. */
    private boolean isOfTheMachine(String lookup, String arguments) {
        if (HARMLESS_LOOKUPS.contains(lookup) || !FILE_LOOKUPS.contains(lookup)) {
            return !HARMLESS_LOOKUPS.contains(lookup);
        }
        Matcher literal = LITERAL.matcher(arguments);
        return literal.matches() ? isElsewhere(literal.group(1)) : !arguments.isBlank();
    }

    private boolean isOfTheMachine(String lookup, Node terms) {
        if (HARMLESS_LOOKUPS.contains(lookup) || !FILE_LOOKUPS.contains(lookup)) {
            return !HARMLESS_LOOKUPS.contains(lookup);
        }
        return LenientYaml.text(terms)
                .map(text -> text.contains("{{") || isElsewhere(text))
                .orElseGet(
                        () ->
                                LenientYaml.items(terms).stream()
                                        .anyMatch(item -> isOfTheMachine(lookup, item)));
    }

    private boolean isElsewhere(String path) {
        return isOutside(path) || path.startsWith("~") || path.contains("=/");
    }

    private void include(Optional<String> name, Path file, Path base) {
        if (name.isEmpty()) {
            return;
        }
        if (name.get().contains("{{")) {
            filesBelow(file.getParent()).forEach(each -> taskFile(each, base));
            return;
        }
        Stream.of(file.getParent(), base.resolve("tasks"), base, playbookFolder)
                .map(folder -> folder.resolve(name.get()).normalize())
                .filter(Files::isRegularFile)
                .findFirst()
                .ifPresent(each -> taskFile(each, base));
    }

    private void taskFile(Path file, Path base) {
        if (seen.add(file)) {
            LenientYaml.read(file).ifPresent(list -> tasks(file, list, base));
        }
    }

    /** Reads a role that a play, a task or another role names. */
    private void role(Node entry) {
        Optional<String> name =
                LenientYaml.text(entry)
                        .map(text -> text.contains("=") ? argument(entry, "name").orElse("") : text)
                        .or(() -> LenientYaml.value(entry, "role").flatMap(LenientYaml::text))
                        .or(() -> LenientYaml.value(entry, "name").flatMap(LenientYaml::text));
        if (name.isEmpty() || name.get().contains("{{")) {
            return;
        }
        List<Path> folders = new ArrayList<>(List.of(playbookFolder.resolve("roles")));
        folders.addAll(rolesPath);
        folders.add(playbookFolder);
        folders.stream()
                .map(folder -> folder.resolve(name.get()).normalize())
                .filter(Files::isDirectory)
                .findFirst()
                .ifPresent(this::roleFolder);
    }

    private void roleFolder(Path role) {
        if (!seen.add(role)) {
            return;
        }
        for (String part : List.of("tasks", "handlers")) {
            // also the files of tasks_from and of includes with templates
            filesBelow(role.resolve(part)).forEach(file -> taskFile(file, role));
        }
        for (String part : List.of("vars", "defaults")) {
            variables(role.resolve(part));
        }
        for (Path file : filesBelow(role.resolve("meta"))) {
            LenientYaml.read(file)
                    .flatMap(node -> LenientYaml.value(node, "dependencies"))
                    .ifPresent(list -> LenientYaml.items(list).forEach(this::role));
        }
        for (Path template : filesBelow(role.resolve("templates"))) {
            template(template);
        }
    }

    /** Reads a template by its lines. */
    private void template(Path file) {
        try {
            if (Files.size(file) > 1 << 20) {
                return;
            }
            int line = 0;
            for (String text :
                    new String(
                                    Files.readAllBytes(file),
                                    java.nio.charset.StandardCharsets.ISO_8859_1)
                            .split("\n", -1)) {
                line++;
                if (OTHERS.matcher(OWN.matcher(text).replaceAll("")).find()) {
                    note(Meaning.OTHERS, new Finding(file, line));
                }
                if (PLAY_HOSTS.matcher(text).find()) {
                    note(Meaning.PLAY_HOSTS, new Finding(file, line));
                }
                if (LEADER.matcher(text).find()) {
                    note(Meaning.LEADER, new Finding(file, line));
                }
            }
        } catch (IOException e) {
            // the packer says what cannot be read
        }
    }

    /** An argument of a module, whose arguments are a mapping, {@code key=value}, or one word. */
    private static Optional<String> argument(Node value, String name) {
        Optional<String> text = LenientYaml.text(value);
        if (text.isEmpty()) {
            return LenientYaml.value(value, name).flatMap(LenientYaml::text);
        }
        for (String word : text.get().split("\\s+", -1)) {
            if (word.startsWith(name + "=")) {
                return Optional.of(word.substring(name.length() + 1).replaceAll("[\"']", ""));
            }
        }
        String first = text.get().split("\\s+", 2)[0];
        return first.contains("=") ? Optional.empty() : Optional.of(first);
    }

    private static List<Path> filesBelow(Path place) {
        if (Files.isRegularFile(place)) {
            return List.of(place);
        }
        if (!Files.isDirectory(place)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(place)) {
            return files.filter(Files::isRegularFile).sorted().toList();
        } catch (IOException | java.io.UncheckedIOException e) {
            return List.of();
        }
    }

    private void note(Meaning meaning, Path file, Node node) {
        note(meaning, new Finding(file, LenientYaml.line(node)));
    }

    private void note(Meaning meaning, Finding place) {
        found.computeIfAbsent(meaning, key -> new LinkedHashSet<>()).add(place);
    }

    private static String shortName(String name) {
        return name.startsWith("ansible.builtin.") || name.startsWith("ansible.legacy.")
                ? name.substring(name.lastIndexOf('.') + 1)
                : name;
    }

    private static String bare(Node node) {
        return LenientYaml.text(node).map(String::strip).orElse("");
    }

    private static boolean isFalse(Node node) {
        return Set.of("false", "no", "off", "n", "0").contains(bare(node).toLowerCase(Locale.ROOT));
    }
}
