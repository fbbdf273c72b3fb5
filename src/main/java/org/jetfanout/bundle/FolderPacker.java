package org.jetfanout.bundle;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.inventory.Names;

/** Packs whole folders, links followed, without those of version control. */
final class FolderPacker {
    private static final Set<String> VERSION_CONTROL = Set.of(".git", ".hg", ".svn", "CVS", ".bzr");

    private static final Set<PosixFilePermission> EXECUTE =
            Set.of(
                    PosixFilePermission.OWNER_EXECUTE,
                    PosixFilePermission.GROUP_EXECUTE,
                    PosixFilePermission.OTHERS_EXECUTE);

    private final Archive archive;
    private final Map<String, byte[]> edited;
    private final Consumer<String> talk;

    /**
     * @param edited files that travel changed, by their path in the archive
     */
    FolderPacker(Archive archive, Map<String, byte[]> edited, Consumer<String> talk) {
        this.archive = archive;
        this.edited = edited;
        this.talk = talk;
    }

    /** A folder with all that is in it. */
    void folder(Path folder, String path) throws IOException {
        folder(folder, path, List.of());
    }

    /** One file. */
    void file(Path file, String path) throws IOException {
        byte[] content = edited.get(path);
        if (content != null) {
            archive.file(path, content);
        } else if (Files.isReadable(file)) {
            archive.file(path, file, isExecutable(file));
        } else {
            throw ConfigurationException.at(shown(file), "cannot be read, so it cannot travel");
        }
    }

    private void folder(Path folder, String path, List<Path> above) throws IOException {
        Path real = folder.toRealPath();
        if (above.contains(real)) {
            throw ConfigurationException.at(
                    shown(folder), "is a link to a folder that it is in, which has no end");
        }
        List<Path> here = new ArrayList<>(above);
        here.add(real);
        archive.folder(path);
        for (Map.Entry<String, Path> entry : sorted(folder).entrySet()) {
            Path child = entry.getValue();
            String childPath = path + "/" + entry.getKey();
            if (VERSION_CONTROL.contains(entry.getKey())) {
                continue;
            }
            if (Files.isDirectory(child)) {
                folder(child, childPath, here);
            } else if (Files.isRegularFile(child)) {
                file(child, childPath);
            } else {
                talk.accept(
                        shown(child)
                                + (Files.isSymbolicLink(child)
                                        ? ": a link to nothing, left out"
                                        : ": neither file nor folder, left out"));
            }
        }
    }

    private static Map<String, Path> sorted(Path folder) {
        Map<String, Path> sorted = new TreeMap<>();
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(folder)) {
            entries.forEach(entry -> sorted.put(EntryNames.name(entry), entry));
        } catch (IOException e) {
            throw ConfigurationException.at(shown(folder), "cannot be read, so it cannot travel");
        }
        return sorted;
    }

    private static boolean isExecutable(Path file) throws IOException {
        return Files.getPosixFilePermissions(file).stream().anyMatch(EXECUTE::contains);
    }

    private static Path shown(Path path) {
        return Path.of(Names.visible(path.toString()));
    }
}
