package org.jetfanout.ssh.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.Home;
import org.jetfanout.text.Quoted;

/**
 * The lines of ssh_config files. Each Include has the files that it stands for. Immutable.
 *
 * @param files in order; the first value of a keyword counts
 */
record ConfigFiles(List<ConfigFile> files) {
    private static final int MAX_DEPTH = 16;

    /** Text that some versions of ssh expand in an Include and others do not. */
    private static final Pattern UNPLACED = Pattern.compile("%|\\$\\{|^~[^/]");

    ConfigFiles {
        files = List.copyOf(files);
    }

    /** A file. */
    record ConfigFile(Path path, List<Entry> entries) {
        ConfigFile {
            entries = List.copyOf(entries);
        }
    }

    /**
     * A line.
     *
     * @param line itself
     * @param included the files that it includes, if it is an Include
     * @param unplaced its words, if it is an Include that only ssh itself can resolve
     */
    record Entry(ConfigLine line, List<ConfigFile> included, List<String> unplaced) {
        Entry {
            included = List.copyOf(included);
            unplaced = List.copyOf(unplaced);
        }
    }

    /**
     * @param paths of the files; missing ones are skipped
     * @throws ConfigurationException for a file that cannot be read
     */
    static ConfigFiles read(List<Path> paths, Home home) {
        List<ConfigFile> files = new ArrayList<>();
        for (Path path : paths) {
            if (Files.exists(path)) {
                files.add(read(path, path, home, 0));
            }
        }
        return new ConfigFiles(files);
    }

    /** The first line with a keyword, in any of the files. */
    Optional<ConfigLine> first(String keyword) {
        return files.stream()
                .flatMap(ConfigFiles::lines)
                .filter(line -> line.keyword().equals(keyword))
                .findFirst();
    }

    /** Whether there is an Include that only ssh itself can resolve. */
    boolean unplaced() {
        return files.stream()
                .flatMap(ConfigFiles::entries)
                .anyMatch(entry -> !entry.unplaced().isEmpty());
    }

    /** The files that were read, and the folders in which others may appear. */
    List<Path> paths() {
        return files.stream()
                .flatMap(ConfigFiles::all)
                .map(file -> file.path().toAbsolutePath())
                .flatMap(path -> Stream.of(path, path.getParent()))
                .distinct()
                .toList();
    }

    private static Stream<ConfigFile> all(ConfigFile file) {
        return Stream.concat(
                Stream.of(file),
                file.entries().stream()
                        .flatMap(entry -> entry.included().stream())
                        .flatMap(ConfigFiles::all));
    }

    /** Whether ssh may have to be asked about a machine. */
    boolean ask() {
        if (unplaced()) {
            return true;
        }
        return files.stream()
                .flatMap(ConfigFiles::lines)
                .anyMatch(
                        line ->
                                ConfigKeyword.of(line.keyword())
                                        .map(known -> known.use() == ConfigKeyword.Use.ASKED)
                                        .orElse(true));
    }

    private static Stream<ConfigLine> lines(ConfigFile file) {
        return entries(file).map(Entry::line);
    }

    private static Stream<Entry> entries(ConfigFile file) {
        return file.entries().stream()
                .flatMap(
                        entry ->
                                Stream.concat(
                                        Stream.of(entry),
                                        entry.included().stream().flatMap(ConfigFiles::entries)));
    }

    /**
     * @param top the file that includes directly or indirectly: relative paths begin at its folder
     */
    private static ConfigFile read(Path path, Path top, Home home, int depth) {
        if (depth > MAX_DEPTH) {
            throw ConfigurationException.at(path, "too many levels of Include");
        }
        List<String> lines;
        try {
            byte[] bytes = Files.readAllBytes(path);
            // a comment in another encoding is no error
            lines = Arrays.asList(new String(bytes, StandardCharsets.UTF_8).split("\n", -1));
        } catch (IOException e) {
            throw ConfigurationException.at(path, "cannot be read: " + e);
        }
        List<Entry> entries = new ArrayList<>();
        for (int i = 0; i < lines.size(); i++) {
            Optional<ConfigLine> line = ConfigLine.parse(path, i + 1, lines.get(i));
            if (line.isPresent()) {
                List<ConfigFile> included = new ArrayList<>();
                List<String> unplaced = List.of();
                if (line.get().keyword().equals("include")) {
                    unplaced = unplaced(line.get(), top, home);
                }
                if (line.get().keyword().equals("include") && unplaced.isEmpty()) {
                    for (Path file : included(line.get(), top, home)) {
                        included.add(read(file, top, home, depth + 1));
                    }
                }
                entries.add(new Entry(line.get(), included, unplaced));
            }
        }
        return new ConfigFile(path, entries);
    }

    /** The words of an Include with tokens, variables or other users' homes; otherwise empty. */
    private static List<String> unplaced(ConfigLine line, Path top, Home home) {
        if (line.words().stream().noneMatch(word -> UNPLACED.matcher(word).find())) {
            return List.of();
        }
        return line.words().stream()
                .map(home::expand)
                .map(
                        word ->
                                word.matches("[/~$%].*")
                                        ? word
                                        : top.toAbsolutePath().getParent() + "/" + word)
                .toList();
    }

    private static List<Path> included(ConfigLine line, Path top, Home home) {
        List<Path> found = new ArrayList<>();
        for (String pattern : line.words()) {
            try {
                found.addAll(glob(top.toAbsolutePath().resolveSibling(home.expand(pattern))));
            } catch (IOException | InvalidPathException e) {
                throw line.error(Quoted.excerpt(pattern) + ": " + e.getMessage());
            }
        }
        return found;
    }

    /** The files that match a pattern, sorted. Folders may contain wildcards too. */
    private static List<Path> glob(Path pattern) throws IOException {
        List<Path> found = List.of(pattern.getRoot());
        for (Path name : pattern) {
            List<Path> deeper = new ArrayList<>();
            for (Path folder : found) {
                if (name.toString().matches("[^*?\\[{]*")) {
                    deeper.add(folder.resolve(name));
                } else if (Files.isDirectory(folder)) {
                    deeper.addAll(matching(folder, name.toString()));
                }
            }
            found = deeper;
        }
        return found.stream().filter(Files::isRegularFile).toList();
    }

    private static TreeSet<Path> matching(Path folder, String glob) throws IOException {
        TreeSet<Path> matching = new TreeSet<>();
        try (DirectoryStream<Path> paths =
                Files.newDirectoryStream(folder, glob.replace("{", "\\{"))) {
            for (Path path : paths) {
                if (glob.startsWith(".") || !path.getFileName().toString().startsWith(".")) {
                    matching.add(path);
                }
            }
        }
        return matching;
    }
}
