package org.jetfanout.site.inventory;

import java.io.IOException;
import java.nio.charset.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.jetfanout.ConfigurationException;

/**
 * A plain list of hosts: a name a line, or names and ranges as {@link HostRangesParser} reads them.
 * Empty lines, and what follows a {@code #}, do not count. A name that is there twice counts once.
 */
public final class HostListFile {
    private HostListFile() {}

    /**
     * The names, each once, in their order.
     *
     * @throws ConfigurationException where the file cannot be read or a line is wrong; it names the
     *     line
     */
    public static List<String> names(Path file) {
        List<String> lines;
        try {
            lines = Files.readAllLines(file, StandardCharsets.UTF_8);
        } catch (MalformedInputException e) {
            throw ConfigurationException.at(file, "is not UTF-8 text");
        } catch (IOException e) {
            throw ConfigurationException.at(
                    file,
                    Files.exists(file) ? "cannot be read: " + e.getMessage() : "no such file");
        }
        Set<String> names = new LinkedHashSet<>();
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            int comment = line.indexOf('#');
            String text = (comment < 0 ? line : line.substring(0, comment)).strip();
            if (!text.isEmpty()) {
                names.addAll(HostRangesParser.names(text, file + ":" + (i + 1)));
            }
        }
        if (names.isEmpty()) {
            throw ConfigurationException.at(file, "lists no hosts");
        }
        return List.copyOf(names);
    }
}
