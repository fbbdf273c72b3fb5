package org.jetfanout.bundle;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jetfanout.ConfigurationException;
import org.jetfanout.site.inventory.InventoryNames;

/**
 * Adds whole folders to an archive. It follows links and leaves out the folders of version control.
 */
public final class FolderPacker {
    private static final Set<String> VERSION_CONTROL = Set.of(".git", ".hg", ".svn", "CVS", ".bzr");

    private static final Set<PosixFilePermission> EXECUTE =
            Set.of(
                    PosixFilePermission.OWNER_EXECUTE,
                    PosixFilePermission.GROUP_EXECUTE,
                    PosixFilePermission.OTHERS_EXECUTE);

    private final Archive archive;
    private final Map<String, byte[]> edited;
    private final Consumer<String> warnings;
    private final Predicate<Path> leftOut;

    /**
     * @param edited the content of files that are changed for the worker, by their path in the
     *     archive
     */
    public FolderPacker(Archive archive, Map<String, byte[]> edited, Consumer<String> warnings) {
        this(archive, edited, warnings, file -> false);
    }

    /**
     * @param edited the content of files that are changed for the worker, by their path in the
     *     archive
     * @param leftOut which files and folders in a folder are not packed
     */
    public FolderPacker(
            Archive archive,
            Map<String, byte[]> edited,
            Consumer<String> warnings,
            Predicate<Path> leftOut) {
        this.archive = archive;
        this.edited = edited;
        this.warnings = warnings;
        this.leftOut = leftOut;
    }

    /** Adds a folder with everything in it. */
    public void folder(Path folder, String path) throws IOException {
        folder(folder, path, List.of());
    }

    /** Adds one file, which must exist. */
    public void file(Path file, String path) throws IOException {
        try {
            pack(file, path);
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(shown(file), "no longer exists");
        }
    }

    private void pack(Path file, String path) throws IOException {
        byte[] content = edited.get(path);
        if (content != null) {
            archive.file(path, content);
        } else {
            archive.file(path, file, isExecutable(file));
        }
    }

    private void folder(Path folder, String path, List<Path> above) throws IOException {
        Path real = folder.toRealPath();
        if (above.contains(real)) {
            warnings.accept(shown(folder) + ": a link to one of its parent folders, left out");
            return;
        }
        List<Path> here = new ArrayList<>(above);
        here.add(real);
        Map<String, Path> entries = sorted(folder);
        archive.folder(path);
        for (Map.Entry<String, Path> entry : entries.entrySet()) {
            Path child = entry.getValue();
            String childPath = path + "/" + entry.getKey();
            if (VERSION_CONTROL.contains(entry.getKey()) || leftOut.test(child)) {
                continue;
            }
            try {
                entry(child, childPath, here);
            } catch (NoSuchFileException e) {
                warnings.accept(shown(child) + ": no longer exists, left out");
            }
        }
    }

    private void entry(Path child, String path, List<Path> above) throws IOException {
        if (Files.isDirectory(child)) {
            folder(child, path, above);
        } else if (Files.isRegularFile(child)) {
            pack(child, path);
        } else {
            warnings.accept(
                    shown(child)
                            + (!Files.exists(child, LinkOption.NOFOLLOW_LINKS)
                                    ? ": no longer exists, left out"
                                    : Files.isSymbolicLink(child)
                                            ? ": a broken link, left out"
                                            : ": neither a file nor a folder, left out"));
        }
    }

    private static Map<String, Path> sorted(Path folder) throws NoSuchFileException {
        Map<String, Path> sorted = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(entry -> sorted.put(EntryNames.name(entry), entry));
        } catch (NoSuchFileException e) {
            throw e;
        } catch (IOException | DirectoryIteratorException e) {
            throw ConfigurationException.at(
                    shown(folder), "cannot be read, so jet-fanout cannot" + " send it");
        }
        return sorted;
    }

    private static boolean isExecutable(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).stream().anyMatch(EXECUTE::contains);
    }

    static Path shown(Path path) {
        return Path.of(InventoryNames.visible(path.toString()));
    }
}
