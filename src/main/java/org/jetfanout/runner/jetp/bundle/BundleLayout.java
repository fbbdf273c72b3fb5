package org.jetfanout.runner.jetp.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.bundle.Archive;
import org.jetfanout.bundle.FolderPacker;
import org.jetfanout.site.inventory.InventoryNames;
import org.jetfanout.site.playbook.PlaybookCheck;
import org.jetfanout.site.playbook.SourceRewriter;
import org.jetfanout.site.yaml.SourceText;

/**
 * Decides where each local file goes in the bundle, and collects the files that are named outside
 * the folders that travel whole. The paths are safe on a jetp command line: no colon, no blank. Not
 * thread-safe.
 */
final class BundleLayout {
    /** Folders that travel if they are beside a playbook. */
    static final List<String> FOLDERS = List.of("roles", "modules", "templates", "files");

    private static final String OWN = "jet_fanout";
    private static final String SAFE = "[A-Za-z0-9_][A-Za-z0-9._-]*";

    private final Consumer<String> warnings;

    // Mutable state
    /**
     * Folders that travel whole, by their path in the bundle, in the order in which they were
     * found.
     */
    private final Map<String, Path> folders = new LinkedHashMap<>();

    /** Folders of playbooks, by real path. Only parts of them travel. */
    private final Map<Path, String> sites = new LinkedHashMap<>();

    private final Map<String, Path> files = new TreeMap<>();
    private final Map<String, byte[]> edited = new HashMap<>();
    private final Map<String, Integer> numbers = new HashMap<>();

    BundleLayout(Consumer<String> warnings) {
        this.warnings = warnings;
    }

    /** The path of a playbook in the bundle. From now on the parts of its folder travel. */
    String playbook(Path file, Set<String> taken) {
        Path real = real(file);
        Path folder = real.getParent();
        String site = sites.computeIfAbsent(folder, f -> "site/" + sites.size());
        for (String name : FOLDERS) {
            if (Files.isDirectory(folder.resolve(name))) {
                folders.put(site + "/" + name, folder.resolve(name));
            }
        }
        String name = real.getFileName().toString();
        if (!name.matches(SAFE) || FOLDERS.contains(name)) {
            name = "playbook.yml";
        }
        String path = site + "/" + name;
        for (int n = 2; taken.contains(path); n++) {
            path = site + "/" + n + "-" + name;
        }
        return path;
    }

    /**
     * The path in the bundle of a folder that travels whole.
     *
     * @param otherwise the path for a folder that does not travel yet
     */
    String folder(Path folder, String otherwise) {
        if (!Files.isDirectory(folder)) {
            throw ConfigurationException.at(
                    folder, Files.exists(folder) ? "is not a folder" : "no such folder");
        }
        Path real = real(folder);
        for (Map.Entry<String, Path> known : folders.entrySet()) {
            if (real(known.getValue()).equals(real)) {
                return known.getKey();
            }
        }
        folders.put(otherwise, folder);
        return otherwise;
    }

    /** All folders of this name beside playbooks that travel, with their paths in the bundle. */
    Map<Path, String> beside(String name) {
        Map<Path, String> found = new LinkedHashMap<>();
        sites.values()
                .forEach(
                        site -> {
                            Path folder = folders.get(site + "/" + name);
                            if (folder != null) {
                                found.put(folder, site + "/" + name);
                            }
                        });
        return found;
    }

    /** Adds a file that travels under this path. */
    void file(Path file, String path) {
        if (!Files.isRegularFile(file)) {
            throw ConfigurationException.at(
                    file, Files.exists(file) ? "is not a file" : "no such file");
        }
        files.put(path, file);
    }

    void edited(String path, String text) {
        edited.put(path, text.getBytes(StandardCharsets.UTF_8));
    }

    /** The user's own path of every file and folder that travels, by its path in the bundle. */
    Map<String, String> sources() {
        Map<String, String> sources = new TreeMap<>();
        sites.forEach((folder, site) -> sources.put(site, folder.toString()));
        folders.forEach((path, folder) -> sources.put(path, folder.toString()));
        files.forEach((path, file) -> sources.put(path, file.toString()));
        return sources;
    }

    /** Packs everything that was found, in a fixed order. */
    void pack(Archive archive) throws IOException {
        FolderPacker packer = new FolderPacker(archive, edited, warnings);
        for (Map.Entry<String, Path> folder : folders.entrySet()) {
            try {
                packer.folder(folder.getValue(), folder.getKey());
            } catch (NoSuchFileException e) {
                throw ConfigurationException.at(folder.getValue(), "no longer exists");
            }
        }
        for (Map.Entry<String, Path> file : files.entrySet()) {
            packer.file(file.getValue(), file.getKey());
        }
    }

    /** The folder in the bundle for a playbook's folder. */
    private String siteOf(Path playbook) {
        return sites.get(real(playbook).getParent());
    }

    /**
     * Rewrites the {@code src} of a playbook's or role's tasks where it refers to a file that would
     * not travel.
     *
     * @param base the folder from which the runner resolves paths: the playbook's or the role's
     * @param path that folder in the bundle
     * @param whole whether the whole folder travels, as a role's does
     * @param root how many folders above it travel too, because a role's neighbours do
     * @param file the file with the tasks, for warnings
     */
    SourceRewriter sources(Path base, String path, boolean whole, int root, Path file) {
        return (folder, source, line) -> {
            Path relative = Path.of(folder).resolve(SourceText.path(file, line, source));
            Path local = base.resolve(relative);
            boolean wholeFolder = folder.equals(SourceRewriter.WHOLE_FOLDER);
            if (!(wholeFolder ? Files.isDirectory(local) : Files.isRegularFile(local))) {
                if (relative.isAbsolute()) {
                    warnings.accept(
                            file
                                    + ":"
                                    + line
                                    + (wholeFolder ? ": this folder" : ": this file")
                                    + " does not exist on this machine, so it must"
                                    + " exist on the workers");
                }
                return Optional.empty();
            }
            if (travels(base, relative, whole, root)) {
                return Optional.empty();
            }
            return Optional.of(
                    wholeFolder
                            ? add(local, path, base, folders)
                            : add(local, path + "/" + folder, base.resolve(folder), files));
        };
    }

    /** The same for a playbook. Only some folders beside it travel. */
    SourceRewriter sources(Path playbook) {
        return sources(real(playbook).getParent(), siteOf(playbook), false, 0, playbook);
    }

    /**
     * Rewrites the vars_files of a play where they are not below the playbook's folder.
     *
     * @param check refuses variables that the runner would refuse
     */
    SourceRewriter varsFiles(Path playbook, PlaybookCheck check) {
        Path base = real(playbook).getParent();
        String site = siteOf(playbook);
        return (folder, name, line) -> {
            Path relative = SourceText.path(playbook, line, name);
            Path local = base.resolve(relative);
            if (!Files.isRegularFile(local)) {
                throw ConfigurationException.at(
                        playbook,
                        line,
                        "vars_files: no such file: " + InventoryNames.visible(local.toString()));
            }
            check.variables(local);
            if (travels(base, relative, true, 0)) {
                files.put(site + "/" + relative.normalize(), local);
                return Optional.empty();
            }
            return Optional.of(add(local, site, base, files));
        };
    }

    private boolean travels(Path base, Path relative, boolean whole, int root) {
        Path plain = relative.normalize();
        if (relative.isAbsolute() || !real(base.resolve(relative)).equals(realOf(base, plain))) {
            // the second condition: a way up through a link, which is a folder in the bundle
            return false;
        }
        int up = 0;
        while (up < plain.getNameCount() && plain.getName(up).toString().equals("..")) {
            up++;
        }
        return up > 0 ? up <= root : whole || FOLDERS.contains(plain.getName(0).toString());
    }

    /**
     * Adds a file or a folder under a name that jet-fanout chooses. Returns its path relative to
     * the folder that it is added to.
     *
     * @param all what travels of its kind
     */
    private String add(Path file, String folder, Path localFolder, Map<String, Path> all) {
        Path real = real(file);
        List<String> names = new ArrayList<>();
        all.forEach(
                (path, known) -> {
                    if (path.startsWith(folder + "/" + OWN + "/") && real(known).equals(real)) {
                        names.add(path.substring(folder.length() + 1));
                    }
                });
        if (!names.isEmpty()) {
            return names.get(0);
        }
        int number = numbers.getOrDefault(folder, 0);
        while (Files.exists(localFolder.resolve(OWN).resolve(String.valueOf(number)))) {
            number++;
        }
        numbers.put(folder, number + 1);
        String name = OWN + "/" + number + "/" + file.normalize().getFileName();
        all.put(folder + "/" + name, file);
        return name;
    }

    private static Path realOf(Path base, Path plain) {
        Path path = base.resolve(plain);
        return Files.exists(path) ? real(path) : path;
    }

    private static Path real(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            throw ConfigurationException.at(path, "cannot be read: " + e);
        }
    }
}
