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
 * A Debian package beside those of the system, with what it depends on and the system does not
 * have: for one that conflicts with an installed one. Downloaded by apt once, and unpacked below
 * {@code target}.
 *
 * @param folder where it is unpacked
 */
record DebianPackage(Path folder) {
    /** Fetches it, unless that was done before; fails where it cannot be had. */
    static synchronized DebianPackage of(String name) throws IOException {
        Path base = Path.of("target/debian").toAbsolutePath();
        Path folder = base.resolve(name);
        if (!Files.exists(folder)) {
            Path part = Files.createDirectories(base.resolve(name + ".part"));
            // lists of our own: those of the system may be missing, and are not ours to renew
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

    /** Where its libraries are, for the dynamic linker. */
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
