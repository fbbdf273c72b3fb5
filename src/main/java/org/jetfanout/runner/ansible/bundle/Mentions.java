package org.jetfanout.runner.ansible.bundle;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitOption;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Set;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The words in the texts of a project that may be names of roles, collections and plugins. It finds
 * too many rather than too few: what it names travels. Not thread-safe.
 */
final class Mentions {
    private static final long LONGEST = 4L << 20;
    private static final Pattern TEXTS =
            Pattern.compile(".*\\.(ya?ml|json|j2|jinja2?|py|cfg|ini|sh|ps1|txt)|[^.]+");
    private static final Pattern WORD = Pattern.compile("[A-Za-z_][\\w-]*(?:\\.[A-Za-z_][\\w-]*)*");

    /**
     * Where a plugin stands with its short name: as a key, a lookup, a filter, a test, a setting.
     */
    private static final Pattern PLUGIN =
            Pattern.compile(
                    "(?m)^[\\s-]*([a-z0-9_]+)\\s*:|(?:lookup|query|q)\\(\\s*['\"]([a-z0-9_]+)"
                            + "|\\|\\s*([a-z0-9_]+)|\\bis\\s+(?:not\\s+)?([a-z0-9_]+)"
                            + "|^\\s*\\w*(?:callback|callbacks_enabled|callback_whitelist|fact_caching|transport"
                            + "|strategy)\\s*=\\s*([^\\n]+)|(?:connection|become_method|strategy):\\s*([a-z0-9_]+)");

    private static final Pattern ROLE_TEMPLATE =
            Pattern.compile(
                    "(?:(?:include|import)_role['\"]?\\s*:[^\\n]*(?:\\n[^\\n]*){0,3}?name\\s*[:=]"
                            + "|\\brole\\s*:)[^\\n]*\\{\\{");

    // Mutable state
    private final Set<String> words = new HashSet<>();
    private final Set<String> plugins = new HashSet<>();
    private boolean roleTemplate;

    /** Reads a file, or all files below a folder. */
    void read(Path place, Predicate<Path> leftOut) throws IOException {
        Files.walkFileTree(
                place,
                EnumSet.of(FileVisitOption.FOLLOW_LINKS),
                Integer.MAX_VALUE,
                new SimpleFileVisitor<>() {
                    @Override
                    public FileVisitResult preVisitDirectory(
                            Path folder, BasicFileAttributes about) {
                        boolean skip =
                                !folder.equals(place)
                                        && (folder.getFileName().toString().equals(".git")
                                                || leftOut.test(folder));
                        return skip ? FileVisitResult.SKIP_SUBTREE : FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFile(Path file, BasicFileAttributes about)
                            throws IOException {
                        if (about.isRegularFile()
                                && about.size() <= LONGEST
                                && !leftOut.test(file)
                                && TEXTS.matcher(file.getFileName().toString()).matches()) {
                            text(new String(Files.readAllBytes(file), StandardCharsets.ISO_8859_1));
                        }
                        return FileVisitResult.CONTINUE;
                    }

                    @Override
                    public FileVisitResult visitFileFailed(Path file, IOException e) {
                        return FileVisitResult.CONTINUE; // the packer says what cannot be read
                    }
                });
    }

    void text(String text) {
        Matcher found = WORD.matcher(text);
        while (found.find()) {
            words.add(found.group());
        }
        Matcher named = PLUGIN.matcher(text);
        while (named.find()) {
            for (int group = 1; group <= named.groupCount(); group++) {
                if (named.group(group) != null) {
                    for (String word : named.group(group).split("[\\s,]+", -1)) {
                        plugins.add(word);
                    }
                }
            }
        }
        roleTemplate |= ROLE_TEMPLATE.matcher(text).find();
    }

    /** Whether a word occurs. */
    boolean has(String word) {
        return words.contains(word);
    }

    /** Whether a role may be used. */
    boolean hasRole(String name) {
        return roleTemplate || words.contains(name);
    }

    /** Whether something of a collection may be used, by its full name. */
    boolean hasCollection(String name) {
        return words.contains(name) || words.stream().anyMatch(word -> word.startsWith(name + "."));
    }

    /** Whether a plugin may be used by its short name. */
    boolean hasPlugin(String name) {
        return plugins.contains(name);
    }

    /** The first two parts of all names of three parts and more, and all names of two. */
    Set<String> pairs() {
        Set<String> pairs = new HashSet<>();
        for (String word : words) {
            String[] parts = word.split("\\.", 3);
            if (parts.length > 1) {
                pairs.add(parts[0] + "." + parts[1]);
            }
        }
        return pairs;
    }

    /** The plugins that may be used by their short names. */
    Set<String> plugins() {
        return Set.copyOf(plugins);
    }
}
