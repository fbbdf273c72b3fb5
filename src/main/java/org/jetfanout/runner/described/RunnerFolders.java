package org.jetfanout.runner.described;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/** Finds the folder of a runner that the user describes. Pure functions that read folders. */
final class RunnerFolders {
    /** Runners that jet-fanout has itself, and words by which workers.yml knows them. */
    private static final Set<String> TAKEN =
            Set.of(
                    "jetp",
                    "jetpack",
                    "ansible-playbook",
                    "ansible",
                    "exec",
                    "script",
                    "copy",
                    "ssh",
                    "jet-fanout");

    private static final Pattern NAME = Pattern.compile("[a-z][a-z0-9_-]{0,62}");

    private RunnerFolders() {}

    /**
     * The folder of a runner.
     *
     * @param places folders with runners' folders in them; the first that has it counts
     */
    static Path find(String name, List<Path> places) {
        if (TAKEN.contains(name)) {
            throw new ConfigurationException(
                    Quoted.of(name)
                            + " is a runner of jet-fanout's own: give your runner another name");
        }
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    Quoted.of(name)
                            + " cannot be the name of a runner: use small letters, digits, - and _,"
                            + " beginning with a letter");
        }
        for (Path place : places) {
            if (Files.isRegularFile(place.resolve(name).resolve(DefinitionReader.FILE))) {
                return place.resolve(name);
            }
        }
        Set<String> known = known(places);
        throw new ConfigurationException(
                "no runner "
                        + Quoted.of(name)
                        + ": there is no file "
                        + String.join(
                                ", ",
                                places.stream()
                                        .map(
                                                place ->
                                                        place.resolve(name)
                                                                .resolve(DefinitionReader.FILE))
                                        .map(file -> Quoted.visible(file.toString()))
                                        .toList())
                        + NearestName.hint(name, known));
    }

    private static Set<String> known(List<Path> places) {
        Set<String> names = new TreeSet<>();
        for (Path place : places) {
            if (!Files.isDirectory(place)) {
                continue;
            }
            try (Stream<Path> folders = Files.list(place)) {
                folders.filter(folder -> Files.exists(folder.resolve(DefinitionReader.FILE)))
                        .forEach(folder -> names.add(folder.getFileName().toString()));
            } catch (IOException e) {
                throw ConfigurationException.at(place, "cannot be read: " + e.getMessage());
            }
        }
        return names;
    }
}
