package org.jetfanout.testkit;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jetfanout.runner.ShellWords;

/**
 * Whom tests log in as and run jobs as: whoever runs them, but never root. Where root runs them it
 * is the account {@code jetfan}, with bash, a home and no password. This is the only place that
 * makes an account; one that it finds is put right, and looked at, before anybody uses it.
 */
public final class TestUser {
    private static final String NAME = "jetfan";
    private static final String SHELL = "/bin/bash";
    private static final String SELF = System.getProperty("user.name");

    private TestUser() {}

    /** Its name; the account is there and fit for use when this returns. */
    public static String name() {
        return isOther() ? Account.READY : SELF;
    }

    /** Whether it is another user than the one who runs the tests. */
    public static boolean isOther() {
        return SELF.equals("root");
    }

    /** Gives a file, or a folder with all that is in it, to the test user. */
    public static void own(Path path) {
        if (isOther()) {
            Programs.ok("chown", "-R", name() + ":", path.toString());
        }
    }

    /** What goes before a command line that the test user is to run: nothing where that is us. */
    public static List<String> prefix() {
        return isOther()
                ? List.of("setpriv", "--reuid=" + name(), "--regid=" + name(), "--clear-groups")
                : List.of();
    }

    /** A command line that the test user is to run. */
    public static String[] command(String... words) {
        return Stream.concat(prefix().stream(), Stream.of(words)).toArray(String[]::new);
    }

    /** What a login on a worker would run, for a shell of this machine. */
    public static String atLogin(String command, Path home) {
        String[] words = command("env", "HOME=" + home, "/bin/sh", "-c", command);
        return "cd "
                + ShellWords.quote(home.toString())
                + " && exec "
                + ShellWords.join(List.of(words));
    }

    /** Made at first use, once in a JVM. */
    private static final class Account {
        static final String READY = ready(NAME);
    }

    /** Makes an account, or puts right the one that is there; its name. */
    public static String ready(String name) {
        // several JVMs may run tests side by side
        Path lock = Path.of(System.getProperty("java.io.tmpdir"), "jet-fanout-test-user.lock");
        try (FileChannel file =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            assert held.isValid();
            if (entry(name).isEmpty()) {
                Programs.ok("useradd", "--create-home", "--shell", SHELL, name);
            }
            // neither locked (sshd refuses that) nor with a password
            Programs.ok("usermod", "--shell", SHELL, "--password", "*", name);
            Programs.ok("chage", "--expiredate", "-1", "--maxdays", "-1", name);
            look(name, entry(name).split(":", -1));
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its line of passwd; empty without one. */
    private static String entry(String name) {
        return Programs.run(Map.of(), "getent", "passwd", name).output().strip();
    }

    private static void look(String name, String[] fields) throws IOException {
        String group = Programs.ok("id", "-gn", name).strip();
        if (fields[2].equals("0") || !fields[6].equals(SHELL) || !group.equals(name)) {
            throw new IllegalStateException(
                    """
                    the tests log in as %s, who must have a uid other than 0, a group of the same \
                    name and %s; here it is %s, group %s. Remove it with "userdel %s", and the \
                    tests make it"""
                            .formatted(name, SHELL, String.join(":", fields), group, name));
        }
        Path home = Path.of(fields[5]);
        Files.createDirectories(home);
        Programs.ok("chown", name + ":", home.toString());
    }
}
