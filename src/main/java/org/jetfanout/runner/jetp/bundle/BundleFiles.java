package org.jetfanout.runner.jetp.bundle;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.BitSet;
import java.util.Collection;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.bundle.Archive;
import org.jetfanout.bundle.Bundle;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.machine.Sha256;
import org.jetfanout.plan.Batch;
import org.jetfanout.runner.RunnerFiles;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.playbook.AddressedHosts;
import org.jetfanout.site.playbook.Delegation;
import org.jetfanout.site.playbook.Play;
import org.jetfanout.site.playbook.Playbook;
import org.jetfanout.site.playbook.PlaybookTree;

/**
 * The files that travel to the workers of a run. The part for all workers is packed once, into a
 * file. The part for one batch (playbooks and inventory for its own hosts only) is made when it is
 * asked for. The same input gives the same bytes. Thread-safe.
 */
public final class BundleFiles {
    private static final String INVENTORY = "inventory";
    private static final String LOCALHOST = "localhost";

    /**
     * A file in which Jetpack looks for arguments that the command line does not have: here, then
     * in the folders above, up to the login's home. An empty one ends the search.
     */
    private static final String NO_ARGUMENTS = ".jetpack.yml";

    /** Names at the top of the archive that jet-fanout uses itself. */
    private static final Set<String> OURS =
            Set.of(
                    "site",
                    "roles",
                    "modules",
                    "vars",
                    INVENTORY,
                    RunnerFiles.BARRIERS,
                    Bundle.COMPLETE);

    private static final String SAFE_PATH =
            "[A-Za-z0-9_][A-Za-z0-9._-]*(/[A-Za-z0-9_][A-Za-z0-9._-]*)*";

    private final Inventory inventory;
    private final PlaybookSlices playbooks;
    private final List<String> playbookPaths;
    private final List<String> rolesPaths;
    private final List<String> modulesPaths;
    private final List<String> extraVarsPaths;
    private final Map<String, String> sources;

    /**
     * Whether every host must travel, because only the runner can compute to which host a task is
     * delegated.
     */
    private final boolean allTravel;

    private final Path common;
    private final long commonSize;
    private final MessageDigest commonDigest;

    /** Names of groups that jet-fanout adds. The inventory has no groups with these names. */
    private final String keeper;

    private final String delegates;
    private final String listed;

    private BundleFiles(BundleSource source, Path workDir) throws IOException {
        this.inventory = source.inventory();
        this.keeper = free("jet_fanout_keep");
        this.delegates = free("jet_fanout_delegates");
        this.listed = free("jet_fanout_batch");
        checkNames(source.more());

        BundleLayout site = new BundleLayout(source.warnings());
        Set<String> taken = new LinkedHashSet<>();
        source.playbooks().forEach(p -> taken.add(site.playbook(p.file(), taken)));
        this.playbookPaths = List.copyOf(taken);
        Map<Path, String> roles = folders(site, source.roles(), "roles");
        this.rolesPaths = List.copyOf(new LinkedHashSet<>(roles.values()));
        this.modulesPaths =
                List.copyOf(
                        new LinkedHashSet<>(folders(site, source.modules(), "modules").values()));
        List<String> vars = new ArrayList<>();
        for (Path file : source.extraVars()) {
            source.check().variables(file);
            String path = "vars/" + vars.size() + ".yml";
            site.file(file, path);
            vars.add(path);
        }
        this.extraVarsPaths = List.copyOf(vars);

        site.beside("roles").forEach(roles::putIfAbsent);
        this.playbooks = open(source, site, new Roles(site, roles, source.check()));
        this.sources = sources(source, site);
        Delegation delegation = playbooks.delegation(playbooks.kept(group -> true));
        this.allTravel = !delegation.templates().isEmpty();
        warn(source, delegation);

        Files.createDirectories(workDir, PrivateFiles.FOLDER);
        this.common = workDir.resolve(Bundle.COMMON);
        MessageDigest digest = Sha256.digest();
        try (OutputStream out =
                        new DigestOutputStream(
                                new BufferedOutputStream(PrivateFiles.create(common)), digest);
                Archive archive = new Archive(out)) {
            for (Map.Entry<String, byte[]> file : new TreeMap<>(source.more()).entrySet()) {
                archive.file(file.getKey(), file.getValue());
            }
            site.pack(archive);
            if (allTravel) {
                packAllHosts(archive);
            }
            archive.endMember();
        }
        this.commonDigest = digest;
        this.commonSize = Files.size(common);
    }

    /**
     * Packs the part for all workers.
     *
     * @param workDir a folder of the run; created with mode 0700 where it does not exist. The
     *     bundles read from a file in this folder
     */
    public static BundleFiles pack(BundleSource source, Path workDir) {
        try {
            return new BundleFiles(source, workDir);
        } catch (IOException e) {
            throw ConfigurationException.at(workDir, "cannot pack the files: " + e.getMessage());
        }
    }

    /**
     * The bundle of one batch.
     *
     * @param barriers numbers of the plays before which the runner waits
     * @param extraFiles further files of the caller, by their path in the bundle
     */
    public Bundle slice(Batch batch, Set<Integer> barriers, Map<String, byte[]> extraFiles) {
        checkNames(extraFiles);
        InventorySlice slice = new InventorySlice(inventory, batch.hosts());
        BitSet kept = playbooks.kept(slice::hasHostOf);
        BitSet waiting = new BitSet();
        barriers.forEach(number -> waiting.set(number - 1));
        waiting.and(kept);
        slice.keepAlive(keeper, playbooks.groups(kept));
        boolean others = allTravel;
        if (allTravel) {
            batch.hosts().forEach(slice::ownVariablesOnly);
        } else {
            List<String> outside = outside(batch, playbooks.delegation(kept));
            outside.forEach(slice::connection);
            slice.list(delegates, outside);
            others = !outside.isEmpty();
        }
        boolean rewrite = others && playbooks.groups(kept).contains(Inventory.ALL);
        if (rewrite) {
            slice.list(listed, batch.hosts());
        }
        List<byte[]> texts =
                playbooks.texts(kept, waiting, rewrite ? Optional.of(listed) : Optional.empty());
        Map<String, byte[]> files = new TreeMap<>(extraFiles);
        for (int i = 0; i < texts.size(); i++) {
            files.put(playbookPaths.get(i), texts.get(i));
        }
        slice.files().forEach((path, text) -> files.put(INVENTORY + "/" + path, text));
        files.put(NO_ARGUMENTS, new byte[0]);
        return bundle(files);
    }

    /** The hosts of the batch, and those to which its tasks are delegated. */
    public Collection<String> reached(Batch batch) {
        if (allTravel) {
            return inventory.hosts();
        }
        Set<String> hosts = new LinkedHashSet<>(batch.hosts());
        hosts.addAll(outside(batch, playbooks.delegation(playbooks.kept(group -> true))));
        return hosts;
    }

    /** Where in a bundle the files are that the command line names. */
    public BundlePaths paths() {
        // the runner itself finds folders of roles beside playbooks
        return new BundlePaths(
                playbookPaths, rolesPaths, modulesPaths, inventories(), extraVarsPaths);
    }

    /** The user's own path of every file and folder that travels, by its path in the bundle. */
    public Map<String, String> sources() {
        return sources;
    }

    /** The inventory, and what Jetpack lays over it. */
    private List<String> inventories() {
        return IntStream.range(0, inventory.layers())
                .mapToObj(i -> i == 0 ? INVENTORY : INVENTORY + "/" + InventorySlice.overlay(i))
                .toList();
    }

    private Map<String, String> sources(BundleSource source, BundleLayout site) {
        Map<String, String> paths = new TreeMap<>(site.sources());
        for (int i = 0; i < playbookPaths.size(); i++) {
            paths.put(playbookPaths.get(i), source.playbooks().get(i).file().toString());
        }
        return Map.copyOf(paths);
    }

    private static Map<Path, String> folders(BundleLayout site, List<Path> folders, String name) {
        Map<Path, String> paths = new LinkedHashMap<>();
        for (Path folder : folders) {
            paths.put(folder, site.folder(folder, name + "/" + paths.size()));
        }
        return paths;
    }

    private static PlaybookSlices open(BundleSource source, BundleLayout site, Roles roles) {
        Set<String> addressed =
                source.limits().isNone()
                        ? Set.of()
                        : new HashSet<>(
                                AddressedHosts.hosts(
                                        source.inventory(),
                                        source.playbooks(),
                                        source.limits(),
                                        true));
        PlaybookSlices slices = new PlaybookSlices();
        for (Playbook playbook : source.playbooks()) {
            PlaybookTree tree = new PlaybookTree(playbook);
            List<Delegation> delegations = new ArrayList<>();
            for (int i = 0; i < playbook.plays().size(); i++) {
                Play play = playbook.plays().get(i);
                boolean runs =
                        source.limits().isNone()
                                || source.inventory().hostsOf(play.groups()).stream()
                                        .anyMatch(addressed::contains);
                if (!runs) {
                    delegations.add(Delegation.none());
                    continue;
                }
                delegations.add(tree.delegation(i).and(roles.delegation(playbook, play)));
                tree.rewriteVarsFiles(i, site.varsFiles(playbook.file(), source.check()));
                tree.rewriteSources(i, site.sources(playbook.file()));
            }
            slices.add(tree, playbook.plays(), delegations);
        }
        return slices;
    }

    private void warn(BundleSource source, Delegation delegation) {
        if (allTravel) {
            source.warnings()
                    .accept(
                            "delegate_to: "
                                    + InventoryNames.visible(
                                            String.join(", ", delegation.templates()))
                                    + ": only the runner knows this host, so jet-fanout sends the"
                                    + " connection variables of all hosts to every worker");
        }
        if (delegation.hosts().contains(LOCALHOST)) {
            source.warnings()
                    .accept(
                            "delegate_to: localhost: the task runs on the worker with the"
                                    + " worker's login, not on this machine (and only with"
                                    + " --allow-localhost-delegation)");
        }
        for (String host : delegation.hosts()) {
            if (!host.equals(LOCALHOST) && !inventory.hasHost(host)) {
                source.warnings()
                        .accept(
                                "delegate_to: "
                                        + InventoryNames.visible(host)
                                        + ": no such host in the inventory; the task will fail");
            } else if (!host.equals(LOCALHOST) && inventory.isLocalhost(host)) {
                source.warnings()
                        .accept(
                                "delegate_to: "
                                        + host
                                        + ": its jet_ssh_hostname is localhost, so the task runs"
                                        + " on the worker");
            }
        }
    }

    /** Hosts to which tasks are delegated and that are not in the batch. */
    private List<String> outside(Batch batch, Delegation delegation) {
        if (delegation.hosts().isEmpty()) {
            return List.of();
        }
        Set<String> inside = new HashSet<>(batch.hosts());
        return delegation.hosts().stream()
                .filter(host -> inventory.hasHost(host) && !inside.contains(host))
                .sorted()
                .toList();
    }

    private void packAllHosts(Archive archive) throws IOException {
        archive.file(
                INVENTORY + "/" + InventorySlice.groupPath(delegates),
                InventorySlice.listing(inventory.hosts()));
        for (String host : inventory.hosts()) {
            Optional<byte[]> variables = InventorySlice.connection(inventory, host);
            if (variables.isPresent()) {
                archive.file(
                        INVENTORY + "/" + InventorySlice.hostVariablesPath(host), variables.get());
            }
        }
    }

    private Bundle bundle(Map<String, byte[]> files) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Archive archive = new Archive(out)) {
            for (Map.Entry<String, byte[]> file : files.entrySet()) {
                archive.file(file.getKey(), file.getValue());
            }
            archive.file(Bundle.COMPLETE, new byte[0]);
            archive.endArchive();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        byte[] member = out.toByteArray();
        try {
            MessageDigest digest = (MessageDigest) commonDigest.clone();
            return new Bundle(
                    common, commonSize, member, HexFormat.of().formatHex(digest.digest(member)));
        } catch (CloneNotSupportedException e) {
            throw new IllegalStateException(e);
        }
    }

    private static void checkNames(Map<String, byte[]> files) {
        for (String path : files.keySet()) {
            if (!path.matches(SAFE_PATH) || OURS.contains(path.split("/", 2)[0])) {
                throw new IllegalArgumentException("no name for a file in a bundle: " + path);
            }
        }
    }

    private String free(String name) {
        String free = name;
        for (int n = 2; inventory.hasGroup(free); n++) {
            free = name + "_" + n;
        }
        return free;
    }
}
