package org.jetfanout.runner.jetp.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.plan.Plan;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.yaml.YamlValue;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.Node;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;

/**
 * What plays have that only Jetpack knows and that depends on where Jetpack runs: it warns of what
 * means something else on a worker, and refuses what needs all hosts of a play in one place.
 * Immutable.
 */
public final class JetpackPlays {
    /** The largest template that is searched. */
    private static final int LARGEST_TEMPLATE = 1 << 20;

    private static final String PLAY_HOSTS = "jet_play_hosts";

    /** Variables that Jetpack sets to folders of the machine where it runs. */
    private static final Pattern FOLDERS =
            Pattern.compile(
                    "\\bJET_(?:CWD|AUTOMATION_ROOT|PLAYBOOK_DIR|ROLES_DIR|INVENTORY_DIR|USER_HOME)\\b");

    /** Modules that ask other machines from where Jetpack runs. */
    private static final Set<String> FROM_HERE =
            Set.of(
                    "!wait_for_http",
                    "!github_release",
                    "!proxmox_lxc",
                    "!proxmox_migrate",
                    "!proxmox_node");

    /**
     * Why the hosts of a play must be in one batch.
     *
     * @param place file and line
     * @param what what is there
     * @param instead what to do
     */
    private record Need(String place, String what, String instead) {}

    /** A play with its needs. */
    private record Step(Play play, List<Need> needs) {}

    private final List<Step> steps;

    private JetpackPlays(List<Step> steps) {
        this.steps = List.copyOf(steps);
    }

    /** Nothing to look after: the runner is not Jetpack. */
    public static JetpackPlays none() {
        return new JetpackPlays(List.of());
    }

    /**
     * Reads what playbooks and their roles have.
     *
     * @param roles the folders of roles that the user named
     * @param async whether each host goes through its tasks without waiting for others
     * @param warnings takes warnings for people
     * @throws ConfigurationException where a play cannot be dealt to workers
     */
    public static JetpackPlays read(
            List<Playbook> playbooks, List<Path> roles, boolean async, Consumer<String> warnings) {
        Reader reader = new Reader(playbooks, roles, new LinkedHashSet<>());
        List<Step> steps = new ArrayList<>();
        for (Playbook playbook : playbooks) {
            List<YamlValue> nodes =
                    YamlValue.parse(playbook.file(), playbook.text())
                            .orElseThrow()
                            .sequence("a playbook");
            for (int i = 0; i < nodes.size(); i++) {
                Play play = playbook.plays().get(i);
                checkGroups(playbook, play);
                List<Need> needs = new ArrayList<>(reader.needs(nodes.get(i)));
                play.roles().forEach(role -> needs.addAll(reader.role(role)));
                needs.addAll(reader.templates(folder(playbook).resolve("templates")));
                steps.add(new Step(play, needs));
                if (async) {
                    withoutRoles(playbook, play, nodes.get(i)).ifPresent(reader.warnings()::add);
                }
            }
        }
        reader.warnings().forEach(warnings);
        return new JetpackPlays(steps);
    }

    /**
     * Refuses a plan that deals the hosts of a play to several batches although the play needs them
     * in one.
     *
     * @param hosts all that are addressed, within the limits
     */
    public void check(Inventory inventory, Collection<String> hosts, Plan plan) {
        if (plan.batches().size() < 2) {
            return;
        }
        Set<String> addressed = new HashSet<>(hosts);
        for (Step step : steps) {
            if (step.needs().isEmpty()) {
                continue;
            }
            Set<String> ofPlay = new HashSet<>(inventory.hostsOf(step.play().groups()));
            ofPlay.retainAll(addressed);
            long batches =
                    plan.batches().stream()
                            .filter(batch -> batch.hosts().stream().anyMatch(ofPlay::contains))
                            .count();
            if (batches > 1) {
                Need need = step.needs().get(0);
                throw new ConfigurationException(
                        need.place()
                                + ": "
                                + need.what()
                                + " all hosts of play '"
                                + InventoryNames.visible(step.play().name())
                                + "', but they are in "
                                + batches
                                + " batches, and the Jetpack of one batch knows only its own"
                                + " hosts. "
                                + need.instead());
            }
        }
    }

    private static void checkGroups(Playbook playbook, Play play) {
        for (String group : play.groups()) {
            if (group.contains("{{")) {
                throw playbook.error(
                        play,
                        "group '"
                                + InventoryNames.visible(group)
                                + "' of play '"
                                + InventoryNames.visible(play.name())
                                + "' is a template: jet-fanout deals the hosts before Jetpack"
                                + " fills it in. Write the name of the group");
            }
        }
    }

    private static Optional<String> withoutRoles(Playbook playbook, Play play, YamlValue node) {
        boolean handlers =
                Optional.ofNullable(node.mapping("a play").get("handlers"))
                        .filter(list -> !list.isNull())
                        .isPresent();
        return play.roles().isEmpty() && !handlers
                ? Optional.empty()
                : Optional.of(
                        playbook.file()
                                + ":"
                                + play.line()
                                + ": with --async, Jetpack runs neither the roles nor the handlers"
                                + " of a play");
    }

    private static Path folder(Playbook playbook) {
        try {
            return playbook.file().toRealPath().getParent();
        } catch (IOException e) {
            throw ConfigurationException.at(playbook.file(), "cannot be read: " + e);
        }
    }

    /** Reads tasks and roles, each role once. */
    private static final class Reader {
        private final List<Path> roleFolders = new ArrayList<>();
        private final Set<String> warnings;

        // Mutable state
        private final Map<Path, List<Need>> roles = new HashMap<>();
        private final Map<Path, List<Need>> templates = new HashMap<>();

        Reader(List<Playbook> playbooks, List<Path> roles, Set<String> warnings) {
            this.warnings = warnings;
            roleFolders.addAll(roles);
            playbooks.forEach(playbook -> roleFolders.add(folder(playbook).resolve("roles")));
        }

        Set<String> warnings() {
            return warnings;
        }

        /** What a role and those that it depends on need; nothing where the role is missing. */
        List<Need> role(String name) {
            for (Path folder : roleFolders) {
                Path role = folder.resolve(name).normalize();
                Path file = role.resolve("role.yml");
                if (Files.isRegularFile(file)) {
                    List<Need> known = roles.get(role);
                    if (known == null) {
                        roles.put(role, List.of()); // a circle is refused elsewhere
                        known = role(role, file);
                        roles.put(role, known);
                    }
                    return known;
                }
            }
            return List.of();
        }

        private List<Need> role(Path role, Path file) {
            Map<String, YamlValue> entries =
                    YamlValue.read(file)
                            .filter(YamlValue::isMapping)
                            .map(value -> value.mapping("a role"))
                            .orElse(Map.of());
            List<Need> needs = new ArrayList<>();
            texts(entries, "dependencies").forEach(name -> needs.addAll(role(name)));
            for (String kind : List.of("tasks", "handlers")) {
                for (String name : texts(entries, kind)) {
                    Path tasks = role.resolve(kind).resolve(name);
                    if (Files.isRegularFile(tasks)) {
                        YamlValue.read(tasks).ifPresent(value -> needs.addAll(needs(value)));
                    }
                }
            }
            needs.addAll(templates(role.resolve("templates")));
            return List.copyOf(needs);
        }

        private static List<String> texts(Map<String, YamlValue> entries, String key) {
            return Optional.ofNullable(entries.get(key))
                    .filter(YamlValue::isSequence)
                    .map(list -> list.sequence(key))
                    .orElse(List.of())
                    .stream()
                    .filter(item -> item.isScalar() && !item.isNull())
                    .map(item -> item.text(key))
                    .toList();
        }

        /** What the templates in a folder need. */
        List<Need> templates(Path folder) {
            List<Need> known = templates.get(folder);
            if (known == null) {
                known = new ArrayList<>();
                if (Files.isDirectory(folder)) {
                    search(folder, known);
                }
                templates.put(folder, known);
            }
            return known;
        }

        private void search(Path folder, List<Need> needs) {
            try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
                for (Path entry : entries) {
                    if (Files.isDirectory(entry)) {
                        if (!Files.isSymbolicLink(entry)) {
                            search(entry, needs);
                        }
                    } else if (Files.isRegularFile(entry)
                            && Files.size(entry) <= LARGEST_TEMPLATE) {
                        int line = 0;
                        String text = Files.readString(entry, StandardCharsets.ISO_8859_1);
                        for (String words : text.lines().toList()) {
                            line++;
                            words(entry + ":" + line, words, needs);
                        }
                    }
                }
            } catch (IOException e) {
                throw ConfigurationException.at(folder, "cannot be read: " + e);
            }
        }

        /** What tasks, or a play with its tasks, need. */
        List<Need> needs(YamlValue value) {
            List<Need> needs = new ArrayList<>();
            walk(value, value.node(), new HashSet<>(), needs);
            return needs;
        }

        private void walk(YamlValue whole, Node node, Set<Node> done, List<Need> needs) {
            if (node instanceof ScalarNode scalar) {
                words(place(whole, node), scalar.getValue(), needs);
                task(whole, node, Map.of(), needs);
            } else if (!done.add(node)) {
                return; // an alias
            } else if (node instanceof SequenceNode list) {
                list.getValue().forEach(item -> walk(whole, item, done, needs));
            } else if (node instanceof MappingNode mapping) {
                Map<String, Node> keys = new LinkedHashMap<>();
                for (NodeTuple tuple : mapping.getValue()) {
                    if (tuple.getKeyNode() instanceof ScalarNode key) {
                        keys.put(key.getValue(), tuple.getValueNode());
                    }
                }
                task(whole, node, keys, needs);
                mapping.getValue().forEach(tuple -> walk(whole, tuple.getValueNode(), done, needs));
            }
        }

        private void task(YamlValue whole, Node node, Map<String, Node> keys, List<Need> needs) {
            String tag = node.getTag().getValue();
            if (tag.equals("!wait_for_others")) {
                needs.add(
                        new Need(
                                place(whole, node),
                                "!wait_for_others waits for",
                                "Split the play in two here: with 'order: plays', no worker begins"
                                        + " a play before all workers have ended the play before"));
            } else if (tag.equals("!fetch") && keys.containsKey("dest")) {
                warnings.add(
                        place(whole, node)
                                + ": !fetch writes 'dest' on the worker, not on this machine");
                needs.add(
                        new Need(
                                place(whole, node),
                                "!fetch collects files of",
                                "Each worker would have those of its own hosts. Run this play with"
                                        + " Jetpack alone"));
            } else if (FROM_HERE.contains(tag)) {
                warnings.add(
                        place(whole, node)
                                + ": "
                                + tag
                                + " connects from the worker, not from this machine");
            }
        }

        private void words(String place, String text, List<Need> needs) {
            if (text.contains(PLAY_HOSTS)) {
                needs.add(
                        new Need(
                                place,
                                PLAY_HOSTS + " lists",
                                "Name the hosts in a variable of the inventory instead"));
            }
            Matcher folder = FOLDERS.matcher(text);
            if (folder.find()) {
                warnings.add(
                        place
                                + ": "
                                + folder.group()
                                + " is a folder of the worker, not of this"
                                + " machine");
            }
        }

        private static String place(YamlValue whole, Node node) {
            return whole.file() + ":" + new YamlValue(whole.file(), node).line();
        }
    }
}
