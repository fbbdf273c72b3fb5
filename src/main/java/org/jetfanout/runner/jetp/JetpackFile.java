package org.jetfanout.runner.jetp;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/**
 * Jetpack's file {@code .jetpack.yml}: arguments that the command line need not have. It is read on
 * the control machine, as Jetpack would read it there. Immutable.
 *
 * @param file where it is; empty where there is none
 * @param playbook the playbook to run
 * @param inventories in order, without the secrets
 * @param secrets inventories that are laid over the others
 * @param roles folders of roles
 */
public record JetpackFile(
        Optional<Path> file,
        Optional<Path> playbook,
        List<Path> inventories,
        List<Path> secrets,
        List<Path> roles) {
    private static final List<String> NAMES = List.of(".jetpack.yml", ".jetpack.yaml");
    private static final String PROFILE = "{profile}";
    private static final String SECRETS = "secrets_inventory";

    /**
     * What the command line says about the file.
     *
     * @param config the file itself
     * @param profile which of its profiles is used
     * @param environment which of its environments is used
     * @param withoutSecrets whether its secrets are left out
     */
    public record Choice(
            Optional<Path> config,
            Optional<String> profile,
            Optional<String> environment,
            boolean withoutSecrets) {}

    /** Copies the lists. */
    public JetpackFile {
        inventories = List.copyOf(inventories);
        secrets = List.copyOf(secrets);
        roles = List.copyOf(roles);
    }

    /** No file. */
    public static JetpackFile none() {
        return new JetpackFile(Optional.empty(), Optional.empty(), List.of(), List.of(), List.of());
    }

    /**
     * The file that holds for a folder: the nearest one, up to the root of the repository.
     *
     * @param folder the current folder
     * @param changes whether the run changes hosts: then its secrets must be there
     */
    public static JetpackFile read(Path folder, Choice choice, boolean changes) {
        Path from = folder.toAbsolutePath().normalize();
        Path root = root(from);
        Optional<Path> file = choice.config().or(() -> nearest(from, root));
        if (file.isEmpty()) {
            if (choice.profile().or(choice::environment).isPresent()) {
                throw new ConfigurationException(
                        "--profile and --environment choose among those of .jetpack.yml, and there"
                                + " is none in this folder or above");
            }
            return none();
        }
        if (!Files.isRegularFile(file.get())) {
            throw ConfigurationException.at(file.get(), "no such file (--config)");
        }
        return new Reading(file.get(), root).read(choice, changes);
    }

    private static Path root(Path from) {
        return up(from, folder -> Files.exists(folder.resolve(".git")))
                .or(() -> up(from, JetpackFile::isMarked))
                .orElse(from);
    }

    private static boolean isMarked(Path folder) {
        return NAMES.stream().anyMatch(name -> Files.isRegularFile(folder.resolve(name)))
                || (Files.isDirectory(folder.resolve("playbooks"))
                        && Files.isDirectory(folder.resolve("roles")));
    }

    private interface Test {
        boolean of(Path folder);
    }

    private static Optional<Path> up(Path from, Test test) {
        for (Path folder = from; folder != null; folder = folder.getParent()) {
            if (test.of(folder)) {
                return Optional.of(folder);
            }
        }
        return Optional.empty();
    }

    private static Optional<Path> nearest(Path from, Path root) {
        for (Path folder = from; folder != null; folder = folder.getParent()) {
            for (String name : NAMES) {
                if (Files.isRegularFile(folder.resolve(name))) {
                    return Optional.of(folder.resolve(name));
                }
            }
            if (folder.equals(root)) {
                break;
            }
        }
        return Optional.empty();
    }

    /** Reads one file. */
    private static final class Reading {
        private final Path file;
        private final Path root;

        Reading(Path file, Path root) {
            this.file = file;
            this.root = root;
        }

        JetpackFile read(Choice choice, boolean changes) {
            Map<String, YamlValue> all =
                    YamlValue.read(file)
                            .filter(value -> !value.isNull())
                            .map(this::top)
                            .orElse(Map.of());
            Map<String, YamlValue> defaults =
                    part(
                            all.get("defaults"),
                            "playbook",
                            "inventory",
                            SECRETS,
                            "roles",
                            "profile",
                            "environment");
            Map<String, YamlValue> local = part(all.get("local"), "playbook", "roles", "inventory");
            boolean legacy = !all.containsKey("defaults");
            Map<String, YamlValue> basis = legacy ? local : defaults;
            Map<String, YamlValue> over = new LinkedHashMap<>(basis);
            Optional<String> profile = choice.profile().or(() -> text(defaults, "profile"));
            profile.ifPresent(
                    name -> over.putAll(part(named(all, "profiles", name), "inventory", SECRETS)));
            List<Path> secrets = new ArrayList<>();
            if (!choice.withoutSecrets()) {
                secrets(over, profile, changes, secrets);
                choice.environment()
                        .or(() -> text(defaults, "environment"))
                        .map(name -> part(named(all, "environments", name), SECRETS))
                        .ifPresent(environment -> secrets(environment, profile, changes, secrets));
            }
            return new JetpackFile(
                    Optional.of(file),
                    text(basis, "playbook").map(root::resolve),
                    paths(over, "inventory"),
                    secrets,
                    paths(basis, "roles"));
        }

        private Map<String, YamlValue> top(YamlValue document) {
            Map<String, YamlValue> said = document.mapping(".jetpack.yml");
            YamlValue version = said.get("version");
            if (version != null && !version.isNull() && !version.text("version").equals("1")) {
                throw version.error(
                        "version "
                                + Quoted.of(version.text("version"))
                                + " is not known: jet-fanout reads version 1, as Jetpack 0.5 does");
            }
            return part(
                    document,
                    "version",
                    "defaults",
                    "local",
                    "profiles",
                    "environments",
                    "automation");
        }

        /** A mapping with these keys only; empty where there is nothing. */
        private static Map<String, YamlValue> part(YamlValue value, String... keys) {
            if (value == null || value.isNull()) {
                return Map.of();
            }
            Map<String, YamlValue> found = new LinkedHashMap<>();
            for (YamlValue.Entry entry : value.entries("this part of .jetpack.yml")) {
                if (!Set.of(keys).contains(entry.name())) {
                    throw entry.key()
                            .error(
                                    "unknown key "
                                            + Quoted.of(entry.name())
                                            + NearestName.hint(entry.name(), List.of(keys)));
                }
                if (!entry.value().isNull()) {
                    found.put(entry.name(), entry.value());
                }
            }
            return found;
        }

        private YamlValue named(Map<String, YamlValue> all, String key, String name) {
            YamlValue some = all.get(key);
            YamlValue found = some == null ? null : some.mapping(key).get(name);
            if (found == null) {
                throw ConfigurationException.at(
                        file, "has no " + Quoted.of(name) + " among its " + key);
            }
            return found;
        }

        private static Optional<String> text(Map<String, YamlValue> part, String key) {
            return Optional.ofNullable(part.get(key)).map(value -> value.text(key));
        }

        private List<Path> paths(Map<String, YamlValue> part, String key) {
            return texts(part, key).stream().map(item -> root.resolve(item.text(key))).toList();
        }

        private static List<YamlValue> texts(Map<String, YamlValue> part, String key) {
            YamlValue value = part.get(key);
            return value == null
                    ? List.of()
                    : value.isScalar() ? List.of(value) : value.sequence(key);
        }

        private void secrets(
                Map<String, YamlValue> part,
                Optional<String> profile,
                boolean changes,
                List<Path> found) {
            for (YamlValue item : texts(part, SECRETS)) {
                String path = item.text(SECRETS);
                if (path.contains(PROFILE) && profile.isEmpty()) {
                    throw item.error(
                            Quoted.of(path)
                                    + " needs a profile: give --profile, or set it in defaults");
                }
                Path secrets = root.resolve(path.replace(PROFILE, profile.orElse("")));
                if (Files.exists(secrets)) {
                    found.add(secrets);
                } else if (changes) {
                    throw item.error(
                            SECRETS
                                    + ": no such folder: "
                                    + secrets
                                    + ". Give --no-secrets to leave the secrets out");
                }
            }
        }
    }
}
