package org.jetfanout.demo;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.ShellWords;

/**
 * The account under which the demo's machines run their commands. It is the user's own, but where
 * that is root, which no worker accepts, it is an ordinary one. Immutable.
 */
final class Account {
    private static final int ROOT = 0;
    private static final String NOBODY = "65534";

    private final UnaryOperator<List<String>> wrap;
    private final int uid;
    private final int gid;

    private Account(UnaryOperator<List<String>> wrap, int uid, int gid) {
        this.wrap = wrap;
        this.uid = uid;
        this.gid = gid;
    }

    /**
     * Finds the account.
     *
     * @param own a file or folder that the user owns
     */
    static Account ordinary(Path own) throws IOException {
        int user = (Integer) Files.getAttribute(own, "unix:uid");
        if (user != ROOT) {
            return new Account(words -> words, user, (Integer) Files.getAttribute(own, "unix:gid"));
        }
        for (UnaryOperator<List<String>> way :
                List.<UnaryOperator<List<String>>>of(Account::setpriv, Account::su)) {
            List<String> answer = answer(way.apply(List.of("/bin/sh", "-c", "id -u; id -g")));
            if (answer.size() == 2
                    && answer.stream().allMatch(id -> id.matches("[1-9][0-9]{0,9}"))) {
                return new Account(
                        way,
                        Integer.parseUnsignedInt(answer.get(0)),
                        Integer.parseUnsignedInt(answer.get(1)));
            }
        }
        throw new ConfigurationException(
                "the demo was started by root, which no worker accepts, and neither setpriv nor su can start programs"
                        + " as another user here: start it as another user");
    }

    /** The command line that runs a command under this account. */
    List<String> command(List<String> words) {
        return wrap.apply(words);
    }

    /** Gives a file or folder to this account. */
    void own(Path path) throws IOException {
        if (isOther()) {
            Files.setAttribute(path, "unix:gid", gid, LinkOption.NOFOLLOW_LINKS);
            Files.setAttribute(path, "unix:uid", uid, LinkOption.NOFOLLOW_LINKS);
        }
    }

    /** Whether it is an account other than the user's own. */
    boolean isOther() {
        return !wrap.apply(List.of("")).equals(List.of(""));
    }

    /** Whether this account can read all these files and run this program. */
    boolean canUse(Path program, List<Path> files) throws IOException {
        List<String> words = new ArrayList<>();
        words.addAll(List.of("/bin/sh", "-c"));
        words.add("[ -x \"$0\" ] || exit 1; for f; do [ -r \"$f\" ] || exit 1; done; echo yes");
        words.add(program.toString());
        files.forEach(file -> words.add(file.toString()));
        return answer(command(words)).equals(List.of("yes"));
    }

    /** Whether there is such a program for this account. */
    boolean finds(String program) throws IOException {
        return !answer(command(List.of("/bin/sh", "-c", "command -v \"$0\"", program))).isEmpty();
    }

    private static List<String> setpriv(List<String> words) {
        List<String> setpriv =
                List.of("setpriv", "--reuid=" + NOBODY, "--regid=" + NOBODY, "--clear-groups");
        return Stream.concat(setpriv.stream(), words.stream()).toList();
    }

    /**
     * Runs the words with {@code su}. The environment stays, because the account's own home may not
     * be usable.
     */
    private static List<String> su(List<String> words) {
        return List.of(
                "su", "-p", "-s", "/bin/sh", "-c", "exec " + ShellWords.join(words), "nobody");
    }

    /** The lines that a command prints; empty where it fails. */
    private static List<String> answer(List<String> command) throws IOException {
        Process process;
        try {
            process =
                    new ProcessBuilder(command)
                            .redirectError(ProcessBuilder.Redirect.DISCARD)
                            .start();
        } catch (IOException e) {
            return List.of(); // no such program
        }
        try {
            process.getOutputStream().close();
            String text =
                    new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            return process.waitFor(5, TimeUnit.SECONDS) && process.exitValue() == 0
                    ? text.lines().toList()
                    : List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } finally {
            process.destroyForcibly();
        }
    }
}
