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
 * The account for logins and jobs of the tests: the user who runs the tests, but never root. Where
 * root runs them, it is the account {@code jetfan}, with bash, a home and no password. Only this
 * class creates an account. It corrects and checks an account that exists, before any test uses it.
 */
public final class TestUser {
    private static final String NAME = "jetfan";
    private static final String SHELL = "/bin/bash";
    private static final String SELF = System.getProperty("user.name");

    private TestUser() {}

    /** The name of the account, which exists and is ready when this returns. */
    public static String name() {
        return isOther() ? Account.READY : SELF;
    }

    /** Whether it is an account other than that of the user who runs the tests. */
    public static boolean isOther() {
        return SELF.equals("root");
    }

    /** Gives a file, or a folder with all that is in it, to the test user. */
    public static void own(Path path) {
        if (isOther()) {
            Programs.ok("chown", "-R", name() + ":", path.toString());
        }
    }

    /**
     * The words before a command line that the test user runs; empty where it is our own account.
     */
    public static List<String> prefix() {
        return isOther()
                ? List.of("setpriv", "--reuid=" + name(), "--regid=" + name(), "--clear-groups")
                : List.of();
    }

    /** A command line that runs as the test user. */
    public static String[] command(String... words) {
        return Stream.concat(prefix().stream(), Stream.of(words)).toArray(String[]::new);
    }

    /** A line for a shell of this machine that does what a login on a worker would do. */
    public static String atLogin(String command, Path home) {
        String[] words = command("env", "HOME=" + home, "/bin/sh", "-c", command);
        return "cd "
                + ShellWords.quote(home.toString())
                + " && exec "
                + ShellWords.join(List.of(words));
    }

    /** Created at first use, once in a JVM. */
    private static final class Account {
        static final String READY = ready(NAME);
    }

    /** Creates the account, or corrects the one that exists. Returns its name. */
    public static synchronized String ready(String name) {
        // several JVMs may run tests at the same time
        Path lock = Path.of(System.getProperty("java.io.tmpdir"), "jet-fanout-test-user.lock");
        try (FileChannel file =
                        FileChannel.open(
                                lock, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock held = file.lock()) {
            assert held.isValid();
            if (entry(name).isEmpty()) {
                Programs.ok("useradd", "--create-home", "--shell", SHELL, name);
            }
            // no password, but not locked either: sshd refuses a locked account
            Programs.ok("usermod", "--shell", SHELL, "--password", "*", name);
            Programs.ok("chage", "--expiredate", "-1", "--maxdays", "-1", name);
            look(name, entry(name).split(":", -1));
            return name;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Its line in passwd; empty where it does not exist. */
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
