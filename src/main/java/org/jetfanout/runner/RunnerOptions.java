package org.jetfanout.runner;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;

/**
 * What the command line says that is a matter of the worker's runner. Immutable; checked when made.
 *
 * @param mode {@code ssh} or {@code check-ssh}
 * @param user login on the hosts
 * @param port SSH port of the hosts
 * @param threads workers worked on at once: the control machine's, never passed to the runner
 * @param batchSize the runner's {@code --batch-size}
 * @param sudo account the tasks run as
 * @param tags tasks to run; none means all
 * @param verbosity number of {@code -v}, at most 3
 * @param forwardAgent the runner's {@code --forward-agent}
 * @param allowLocalhostDelegation the runner's {@code --allow-localhost-delegation}
 */
public record RunnerOptions(
        String mode,
        Optional<String> user,
        OptionalInt port,
        OptionalInt threads,
        OptionalInt batchSize,
        Optional<String> sudo,
        List<String> tags,
        int verbosity,
        boolean forwardAgent,
        boolean allowLocalhostDelegation) {
    /**
     * What jetp would take for a user's name without taking it for a flag or breaking a shell line.
     */
    private static final Pattern NAME =
            Pattern.compile("[^-\\s\\p{Cntrl}'\"`$\\\\][^\\s\\p{Cntrl}'\"`$\\\\]*");

    public RunnerOptions {
        tags = List.copyOf(tags);
        if (!mode.equals("ssh") && !mode.equals("check-ssh")) {
            throw new ConfigurationException("mode must be ssh or check-ssh, not '" + mode + "'");
        }
        user.ifPresent(name -> checkName("--user", name));
        sudo.ifPresent(name -> checkName("--sudo", name));
        checkRange("--port", port, 1, 65535);
        // jetp panics at 0
        checkRange("--batch-size", batchSize, 1, Integer.MAX_VALUE);
        checkRange("--threads", threads, 1, Integer.MAX_VALUE);
        for (String tag : tags) {
            if (tag.isEmpty() || tag.contains(":")) {
                throw new ConfigurationException(
                        "--tags: '" + tag + "' cannot be a tag (empty, or with a colon in it)");
            }
        }
        verbosity = Math.max(0, Math.min(3, verbosity));
    }

    /** The mode {@code ssh} with nothing said. */
    public static RunnerOptions none() {
        return new RunnerOptions(
                "ssh",
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                List.of(),
                0,
                false,
                false);
    }

    /**
     * The login on the hosts as jetp would find it on the control machine: {@code --user}, else
     * {@code $JET_SSH_USER}, else {@code $USER}; where that is not set either (containers), the
     * account's name. It always travels, for on the worker the default would be the worker's own
     * login.
     */
    public String login(Map<String, String> environment) {
        String login =
                user.or(() -> named(environment, "JET_SSH_USER"))
                        .or(() -> named(environment, "USER"))
                        .orElseGet(() -> System.getProperty("user.name"));
        if (login.equals("?")) { // what Java says of a uid that passwd does not have
            throw new ConfigurationException(
                    "no login name for the hosts: this user has no entry in passwd. Give --user");
        }
        checkName("login name for the hosts", login);
        return login;
    }

    /** The same with the login said, whatever the environment of later processes. */
    public RunnerOptions withLogin(Map<String, String> environment) {
        return new RunnerOptions(
                mode,
                Optional.of(login(environment)),
                port,
                threads,
                batchSize,
                sudo,
                tags,
                verbosity,
                forwardAgent,
                allowLocalhostDelegation);
    }

    private static Optional<String> named(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    private static void checkName(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    what + ": '" + PlainText.line(name) + "' cannot be a user's name");
        }
    }

    private static void checkRange(String what, OptionalInt value, int least, int most) {
        if (value.isPresent() && (value.getAsInt() < least || value.getAsInt() > most)) {
            throw new ConfigurationException(
                    what + " must be from " + least + " to " + most + ", not " + value.getAsInt());
        }
    }
}
