package org.jetfanout.testkit.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.testkit.Programs;

/**
 * A Debian package that cannot be installed, because it conflicts with an installed one. apt
 * downloads it once, with the packages that it depends on and the system does not have. They are
 * unpacked below {@code target}.
 *
 * @param folder where it is unpacked
 */
record DebianPackage(Path folder) {
    /** Downloads the package, unless that was done before. Fails where it is not available. */
    static synchronized DebianPackage of(String name) throws IOException {
        Path base = Path.of("target/debian").toAbsolutePath();
        Path folder = base.resolve(name);
        if (!Files.exists(folder)) {
            Path part = Files.createDirectories(base.resolve(name + ".part"));
            // package lists of our own: those of the system may be missing, and tests must not
            // change them
            Path lists = Files.createDirectories(base.resolve("lists"));
            Files.createDirectories(lists.resolve("partial"));
            String apt =
                    "apt-get -qq -o Dir::State::Lists=%s -o Dir::Cache=%s -o Debug::NoLocking=1 -o APT::Sandbox::User= "
                            .formatted(lists, base.resolve("cache"));
            shell(part, apt + "update");
            String simulated = apt + "install -s --no-install-recommends " + name;
            List<String> packages =
                    shell(part, simulated)
                            .lines()
                            .filter(line -> line.startsWith("Inst "))
                            .map(line -> line.split(" ", 3)[1])
                            .toList();
            if (!packages.contains(name)) {
                throw new AssertionError(name + " cannot be had: " + simulated);
            }
            shell(part, apt + "download " + String.join(" ", packages));
            shell(part, "for deb in *.deb; do dpkg -x \"$deb\" .; done");
            Files.move(part, folder);
        }
        return new DebianPackage(folder);
    }

    /** The path of its libraries, for the dynamic linker. */
    String libraries() throws IOException {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(file -> file.getFileName().toString().contains(".so"))
                    .map(file -> file.getParent().toString())
                    .distinct()
                    .collect(Collectors.joining(":"));
        }
    }

    private static String shell(Path directory, String line) {
        Programs.Result result =
                Programs.run(Map.of("LC_ALL", "C"), "sh", "-c", "cd " + directory + " && " + line);
        if (result.exit() != 0) {
            throw new AssertionError(line + ": " + result.output());
        }
        return result.output();
    }
}
