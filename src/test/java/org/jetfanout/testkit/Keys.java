package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Makes keys with ssh-keygen. */
public final class Keys {
    private Keys() {}

    /**
     * A key pair in two files: {@code file} and {@code file.pub}.
     *
     * @param file the private key
     */
    public record Pair(Path file) {
        /** The line for authorized_keys. */
        public String publicLine() {
            return read(Path.of(file + ".pub")).strip();
        }

        /** The fingerprint, {@code SHA256:…}. */
        public String fingerprint() {
            return Programs.ok("ssh-keygen", "-lf", file + ".pub").split(" ", -1)[1];
        }

        /** Type and base64, without the comment. */
        public String blob() {
            String[] words = publicLine().split(" ", -1);
            return words[0] + " " + words[1];
        }
    }

    /** An ed25519 key without passphrase. */
    public static Pair ed25519(Path folder, String name) {
        return generate(folder, name, "", "-t", "ed25519");
    }

    /**
     * A key whose comment is its name.
     *
     * @param options for ssh-keygen: {@code -t rsa -b 2048}, {@code -m PEM}…
     */
    public static Pair generate(Path folder, String name, String passphrase, String... options) {
        Path file = folder.resolve(name);
        List<String> command = new ArrayList<>(List.of("ssh-keygen", "-q"));
        command.addAll(Arrays.asList(options));
        command.addAll(List.of("-N", passphrase, "-C", name, "-f", file.toString()));
        Programs.ok(command.toArray(String[]::new));
        return new Pair(file);
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
