package org.jetfanout.runner.ansible;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.bundle.Archive;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.bundle.CommonPart;
import org.jetfanout.bundle.FolderPacker;
import org.jetfanout.machine.Home;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.KnownHostsFile;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.runner.ansible.bundle.Installed;
import org.jetfanout.runner.ansible.bundle.InventoryFiles;
import org.jetfanout.runner.ansible.bundle.LeftOut;
import org.jetfanout.runner.ansible.bundle.ProjectLayout;
import org.jetfanout.site.workers.LocalhostPolicy;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.text.Sizes;

/**
 * The files that travel to the workers of a run of ansible-playbook, and how it is called there.
 * All but the list of hosts that are elsewhere is packed once. Thread-safe.
 */
final class AnsibleFiles implements RunnerFiles {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String SCRIPT = "ansible.sh";
    private static final String CALLBACK = "jet_fanout.py";
    private static final String CONFIG = ProjectLayout.PROJECT + "/ansible.cfg";
    private static final String SECRETS = "secrets/";
    private static final String BECOME = SECRETS + "become";
    private static final String CONNECTION = SECRETS + "connection";
    private static final String HOST_VARS = "host_vars";
    private static final String GROUP_VARS = "group_vars";

    /** A bundle of this size is worth a word. */
    private static final long LARGE = 50L << 20;

    private final AnsibleWork work;
    private final ProjectLayout layout;
    private final InventoryFiles inventory;
    private final SearchPaths searchPaths;
    private final Installed installed;
    private final List<String> extraVars;
    private final List<String> playbooks;
    private final Map<String, String> sources;

    /** Files of host_vars that only those workers get that have the host, by path in the bundle. */
    private final Map<String, Path> hostVars;

    private final CommonPart common;

    private AnsibleFiles(AnsibleWork work, Path folder, Consumer<String> warnings) {
        this.work = work;
        AnsibleRequest request = work.request();
        AnsibleAnswer answer = work.answer();
        List<Path> books = new ArrayList<>();
        for (String name : request.playbooks()) {
            Path file = absolute(name);
            if (Files.isRegularFile(file)) {
                books.add(file);
            }
        }
        this.layout = new ProjectLayout(books, answer.config(), Home.ofUser().path());
        this.inventory =
                new InventoryFiles(
                        answer.groups(), answer.inventory().hosts(), answer.folders(), layout);
        this.playbooks =
                request.playbooks().stream()
                        .map(name -> layout.path(absolute(name)).orElse(name))
                        .toList();
        this.searchPaths = SearchPaths.of(request, answer, layout);
        List<String> vars = new ArrayList<>();
        Map<String, byte[]> given = new LinkedHashMap<>();
        for (int i = 0; i < request.extraVars().size(); i++) {
            String text = request.extraVars().get(i);
            JsonNode values = answer.extraVars().path(i);
            if (values.isNull() || values.isMissingNode()) {
                vars.add(layout.add(request.file(text).toAbsolutePath().normalize()));
            } else {
                String path = SECRETS + "vars-" + i + ".json";
                given.put(path, bytes(values));
                vars.add(path);
            }
        }
        this.extraVars = List.copyOf(vars);
        Set<Path> whole = new LinkedHashSet<>(layout.roots().keySet());
        whole.addAll(inventory.outside(layout).keySet());
        LeftOut leftOut = LeftOut.of(apart(), whole, Home.ofUser().path());
        try {
            this.hostVars = isSliced() ? hostVars() : Map.of();
            List<String> words = new ArrayList<>(request.playbooks());
            words.addAll(request.flags());
            Set<Path> texts = new LinkedHashSet<>(layout.roots().keySet());
            texts.addAll(layout.outside().keySet());
            answer.folders().forEach(path -> texts.add(path.resolve(GROUP_VARS)));
            answer.folders().forEach(path -> texts.add(path.resolve(HOST_VARS)));
            this.installed =
                    Installed.of(
                            texts,
                            leftOut,
                            words,
                            searchPaths.rolesOutside(),
                            searchPaths.collectionsOutside(),
                            answer.redirects());
        } catch (IOException e) {
            throw new ConfigurationException("cannot read the project: " + e.getMessage());
        }
        leftOut.wideRoots().stream()
                .filter(layout.roots()::containsKey)
                .forEach(
                        root ->
                                warnings.accept(
                                        root
                                                + " is too wide to send as a whole: only what ansible"
                                                + " looks for beside a playbook travels. Put the"
                                                + " playbook into a folder of its own"));
        this.common = CommonPart.pack(folder, archive -> pack(archive, given, leftOut, warnings));
        if (common.size() > LARGE) {
            warnings.accept(
                    "the files for each worker have "
                            + Sizes.text(common.size())
                            + " packed: the project "
                            + layout.roots().keySet()
                            + " travels as a whole, without version control and caches");
        }
        Map<String, String> paths = new TreeMap<>();
        layout.roots().forEach((path, place) -> paths.put(place, path.toString()));
        layout.outside().forEach((path, place) -> paths.put(place, path.toString()));
        this.sources = Map.copyOf(paths);
    }

    static AnsibleFiles pack(AnsibleWork work, Path folder, Consumer<String> warnings) {
        return new AnsibleFiles(work, folder, warnings);
    }

    private void pack(
            Archive archive, Map<String, byte[]> given, LeftOut leftOut, Consumer<String> warnings)
            throws IOException {
        archive.file(SCRIPT, resource(SCRIPT));
        archive.file("fanout/callback/" + CALLBACK, resource(CALLBACK));
        archive.file("fanout/plays.json", bytes(plays()));
        archive.file(KnownHostsFile.NAME, KnownHostsFile.ofUser());
        if (work.answer().config().isPresent()) {
            // also where it comes from elsewhere: the settings that name folders are set apart
            archive.file(CONFIG, read(work.answer().config().get()));
        }
        for (Map.Entry<String, byte[]> secret : secrets().entrySet()) {
            archive.file(secret.getKey(), secret.getValue());
        }
        for (Map.Entry<String, byte[]> file : given.entrySet()) {
            archive.file(file.getKey(), file.getValue());
        }
        if (!isSliced()) {
            for (Map.Entry<String, byte[]> file : inventory.whole().entrySet()) {
                archive.file(file.getKey(), file.getValue());
            }
        }
        FolderPacker packer = new FolderPacker(archive, Map.of(), warnings, without(leftOut));
        for (Map.Entry<Path, String> root : layout.roots().entrySet()) {
            packer.folder(root.getKey(), root.getValue());
        }
        for (Map.Entry<Path, String> place : inventory.outside(layout).entrySet()) {
            if (installed.readsInventoryFolder()) {
                packer.folder(place.getKey(), place.getValue());
            }
            for (String name : List.of(GROUP_VARS, HOST_VARS)) {
                Path path = place.getKey().resolve(name);
                if (Files.isDirectory(path) && !(isSliced() && name.equals(HOST_VARS))) {
                    packer.folder(path, place.getValue() + "/" + name);
                }
            }
        }
        for (Map.Entry<Path, String> entry : layout.outside().entrySet()) {
            if (Files.isDirectory(entry.getKey())) {
                packer.folder(entry.getKey(), entry.getValue());
            } else {
                packer.file(entry.getKey(), entry.getValue());
            }
        }
        installed.pack(archive, warnings);
    }

    /** What does not travel to every worker. */
    private Predicate<Path> without(LeftOut leftOut) {
        if (!isSliced()) {
            return leftOut;
        }
        Set<Path> files = new LinkedHashSet<>();
        Set<Path> folders = new LinkedHashSet<>();
        for (Path source : work.answer().sources()) {
            (Files.isDirectory(source) ? folders : files).add(source);
        }
        for (Path folder : folders) {
            if (layout.roots().containsKey(folder)) {
                throw ConfigurationException.at(
                        folder,
                        "is the project and the inventory, so 'inventory: slice' would hide"
                                + " nothing: put the inventory into a folder of its own");
            }
        }
        return file ->
                leftOut.test(file)
                        || files.contains(file)
                        || file.getFileName().toString().equals(HOST_VARS)
                        || (folders.contains(file.getParent())
                                && !file.getFileName().toString().equals(GROUP_VARS));
    }

    /** Finds the files of host_vars beside the inventory and the playbooks. */
    private Map<String, Path> hostVars() throws IOException {
        Map<String, Path> found = new TreeMap<>();
        Set<Path> beside = new LinkedHashSet<>();
        layout.roots().keySet().forEach(beside::add);
        work.answer().plays().forEach(play -> beside.add(play.file().getParent()));
        Map<Path, String> places = new LinkedHashMap<>(inventory.outside(layout));
        beside.addAll(work.answer().folders());
        for (Path folder : beside) {
            Optional<String> place =
                    Optional.ofNullable(places.get(folder)).or(() -> layout.inProject(folder));
            Path top = folder.resolve(HOST_VARS);
            if (place.isEmpty() || !Files.isDirectory(top)) {
                continue;
            }
            try (Stream<Path> files = Files.walk(top)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    found.put(place.get() + "/" + HOST_VARS + "/" + top.relativize(file), file);
                }
            }
        }
        return found;
    }

    private boolean isSliced() {
        return !work.slicedGroups().isEmpty();
    }

    /** The host whose variables a file of host_vars has. */
    private static String hostOf(String path) {
        String below =
                path.substring(path.lastIndexOf("/" + HOST_VARS + "/") + HOST_VARS.length() + 2);
        int slash = below.indexOf('/');
        if (slash >= 0) {
            return below.substring(0, slash);
        }
        return below.replaceFirst("\\.(yml|yaml|json)$", "");
    }

    private List<Map<String, Object>> plays() {
        List<Map<String, Object>> plays = new ArrayList<>();
        for (AnsiblePlay play : work.answer().plays()) {
            Map<String, Object> entry = new LinkedHashMap<>();
            entry.put("number", play.number());
            entry.put(
                    "path",
                    layout.path(play.file()).orElse(play.file().toString()) + ":" + play.line());
            entry.put("name", play.name());
            plays.add(entry);
        }
        return plays;
    }

    private Map<String, byte[]> secrets() {
        Map<String, byte[]> secrets = new LinkedHashMap<>();
        AnsibleAnswer answer = work.answer();
        for (int i = 0; i < answer.vault().size(); i++) {
            secrets.put(SECRETS + "vault-" + i, answer.vault().get(i).password());
        }
        answer.connectionPassword().ifPresent(word -> secrets.put(CONNECTION, word));
        answer.becomePassword().ifPresent(word -> secrets.put(BECOME, word));
        return secrets;
    }

    /** Files that do not travel with the project: those that hold secrets, and other settings. */
    private Set<Path> apart() {
        Set<Path> files = new LinkedHashSet<>();
        AnsibleRequest request = work.request();
        List<String> names = new ArrayList<>(request.passwords().files());
        request.privateKey().ifPresent(names::add);
        for (String setting :
                List.of(
                        "DEFAULT_VAULT_PASSWORD_FILE",
                        "BECOME_PASSWORD_FILE",
                        "CONNECTION_PASSWORD_FILE",
                        "DEFAULT_PRIVATE_KEY_FILE")) {
            work.answer().setting(setting).ifPresent(names::add);
        }
        for (String id : work.answer().all("DEFAULT_VAULT_IDENTITY_LIST")) {
            names.add(id.substring(id.indexOf('@') + 1));
        }
        for (String name : names) {
            files.add(absolute(name));
        }
        // ansible here does not read those of other folders either
        layout.roots().keySet().forEach(root -> files.add(root.resolve("ansible.cfg")));
        return files;
    }

    private Path absolute(String name) {
        Home home = Home.ofUser();
        return work.request().directory().resolve(home.expand(name)).toAbsolutePath().normalize();
    }

    @Override
    public List<String> command(Batch batch, WorkerSettings settings) {
        AnsibleRequest request = work.request();
        List<String> words = new ArrayList<>(List.of("sh", SCRIPT));
        words.addAll(ShellWords.split(settings.program(Ansible.NAME)));
        inventory.paths().forEach(path -> add(words, "--inventory", path));
        boolean localhost =
                settings.localhost() == LocalhostPolicy.WORKER
                        && work.answer().plays().stream().anyMatch(AnsiblePlay::localhost);
        add(words, "--inventory", InventoryFiles.ELSEWHERE);
        add(words, "--limit", inventory.limit(localhost));
        add(words, "--forks", Integer.toString(request.forks().orElse(settings.threads())));
        words.addAll(request.flags());
        settings.sudoUser()
                .filter(user -> !request.hasFlag("--become-user"))
                .ifPresent(
                        user -> {
                            if (!request.hasFlag("--become")) {
                                words.add("--become");
                            }
                            add(words, "--become-user", user);
                        });
        searchPaths.modules().ifPresent(path -> add(words, "--module-path", path));
        work.answer()
                .connectionPassword()
                .ifPresent(word -> add(words, "--connection-password-file", CONNECTION));
        work.answer()
                .becomePassword()
                .ifPresent(word -> add(words, "--become-password-file", BECOME));
        extraVars.forEach(path -> add(words, "--extra-vars", "@" + path));
        words.addAll(playbooks);
        return List.copyOf(words);
    }

    private static void add(List<String> words, String flag, String value) {
        words.add(flag);
        words.add(value);
    }

    @Override
    public Map<String, String> environment(Batch batch, WorkerSettings settings) {
        Map<String, String> environment = new TreeMap<>(UserSettings.of(System.getenv()));
        environment.put(
                "JET_FANOUT_HOST_KEYS", settings.hostKeys().name().toLowerCase(Locale.ROOT));
        if (work.answer().config().isPresent()) {
            environment.put("JET_FANOUT_CONFIG", CONFIG);
        }
        environment.put("ANSIBLE_INVENTORY_ENABLED", "yaml");
        if (work.answer().remoteUser().isEmpty()) {
            environment.put("ANSIBLE_REMOTE_USER", ownLogin());
        }
        List<String> ids = new ArrayList<>();
        for (int i = 0; i < work.answer().vault().size(); i++) {
            ids.add(work.answer().vault().get(i).label() + "@" + SECRETS + "vault-" + i);
        }
        if (!ids.isEmpty()) {
            environment.put("ANSIBLE_VAULT_IDENTITY_LIST", String.join(",", ids));
            // a path of ansible.cfg does not exist there
            environment.put("ANSIBLE_VAULT_PASSWORD_FILE", SECRETS + "vault-0");
        }
        environment.putAll(searchPaths.environment(installed));
        return environment;
    }

    private static String ownLogin() {
        return Optional.ofNullable(System.getenv("USER"))
                .filter(name -> !name.isEmpty())
                .orElseGet(() -> System.getProperty("user.name"));
    }

    @Override
    public Collection<String> logins(Batch batch, WorkerSettings settings) {
        Set<String> found = new TreeSet<>(work.answer().logins());
        found.addAll(work.users());
        if (settings.agentUsers().contains(WorkerSettings.ANY_USER)
                || found.stream().anyMatch(name -> name.contains("{{"))) {
            return List.of();
        }
        Set<String> names = found;
        names.add(work.answer().remoteUser().orElseGet(AnsibleFiles::ownLogin));
        names.addAll(settings.agentUsers());
        return names;
    }

    @Override
    public boolean tagged() {
        return work.request().choosesTasks();
    }

    @Override
    public Map<String, String> sources() {
        return sources;
    }

    @Override
    public Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles) {
        Map<String, byte[]> files = new TreeMap<>(extraFiles);
        boolean slice = work.slicedGroups().contains(batch.worker().group());
        if (isSliced()) {
            files.putAll(slice ? inventory.slice(batch.hosts()) : inventory.whole());
            Set<String> here = Set.copyOf(batch.hosts());
            hostVars.forEach(
                    (path, file) -> {
                        if (!slice || here.contains(hostOf(path))) {
                            files.put(path, read(file));
                        }
                    });
        }
        files.put(
                InventoryFiles.ELSEWHERE,
                slice ? inventory.nobodyElsewhere() : inventory.elsewhere(batch.hosts()));
        return common.with(files);
    }

    private static byte[] read(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        }
    }

    private static byte[] resource(String name) throws IOException {
        try (InputStream in = AnsibleFiles.class.getResourceAsStream(name)) {
            if (in == null) {
                throw new IOException("no resource " + name);
            }
            return in.readAllBytes();
        }
    }

    private static byte[] bytes(Object value) {
        try {
            return JSON.writeValueAsBytes(value);
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }
}
