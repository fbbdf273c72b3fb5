package org.jetfanout.runner.jetp;

import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.PlainText;
import org.jetfanout.site.playbook.Dialect;

/**
 * The options of jetp's command line that are passed on to the workers. Immutable; they are checked
 * when this is created.
 *
 * @param mode {@code ssh} or {@code check-ssh}
 * @param user login on the hosts
 * @param port SSH port of the hosts
 * @param batchSize the runner's {@code --batch-size}
 * @param sudo account that runs the tasks
 * @param tags tags of the tasks to run; none for all
 * @param verbosity number of {@code -v}, at most 3
 * @param forwardAgent the runner's {@code --forward-agent}
 * @param allowLocalhostDelegation the runner's {@code --allow-localhost-delegation}
 * @param async Jetpack's {@code --async}
 * @param dialect what workers.yml says about the runner; empty where it does not say
 */
public record JetpOptions(
        String mode,
        Optional<String> user,
        OptionalInt port,
        OptionalInt batchSize,
        Optional<String> sudo,
        List<String> tags,
        int verbosity,
        boolean forwardAgent,
        boolean allowLocalhostDelegation,
        boolean async,
        Optional<Dialect> dialect) {
    /** A user name that no runner takes for a flag and that cannot break a shell line. */
    private static final Pattern NAME =
            Pattern.compile("[^-\\s\\p{Cntrl}'\"`$\\\\][^\\s\\p{Cntrl}'\"`$\\\\]*");

    /**
     * Copies the list and checks the values.
     *
     * @throws ConfigurationException where a value is invalid
     */
    public JetpOptions {
        tags = List.copyOf(tags);
        if (!mode.equals("ssh") && !mode.equals("check-ssh")) {
            throw new ConfigurationException("mode must be ssh or check-ssh, not '" + mode + "'");
        }
        user.ifPresent(name -> checkName("--user", name));
        sudo.ifPresent(name -> checkName("--sudo", name));
        checkRange("--port", port, 1, 65535);
        // with none of them a runner can do nothing
        checkRange("--batch-size", batchSize, 1, Integer.MAX_VALUE);
        for (String tag : tags) {
            if (tag.isEmpty() || tag.contains(":")) {
                throw new ConfigurationException(
                        "--tags: '" + tag + "' cannot be a tag (empty, or with a colon in it)");
            }
        }
        verbosity = Math.max(0, Math.min(3, verbosity));
    }

    /** Options that both dialects have, for a runner that nobody named. */
    public JetpOptions(
            String mode,
            Optional<String> user,
            OptionalInt port,
            OptionalInt batchSize,
            Optional<String> sudo,
            List<String> tags,
            int verbosity,
            boolean forwardAgent,
            boolean allowLocalhostDelegation) {
        this(
                mode,
                user,
                port,
                batchSize,
                sudo,
                tags,
                verbosity,
                forwardAgent,
                allowLocalhostDelegation,
                false,
                Optional.empty());
    }

    /** Whether the runner is Jetpack, as workers.yml says. */
    boolean isJetpack() {
        return dialect.isPresent() && dialect.get() == Dialect.JETPACK;
    }

    /** The same options for a runner of this dialect. */
    JetpOptions in(Optional<Dialect> other) {
        return with(user, other);
    }

    /** The mode {@code ssh} without any options. */
    public static JetpOptions none() {
        return new JetpOptions(
                "ssh",
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty(),
                List.of(),
                0,
                false,
                false);
    }

    /**
     * The login on the hosts, chosen as jetp would on the control machine: {@code --user}, else
     * {@code $JET_SSH_USER}, else {@code $USER}, else (in containers) the name of the account. It
     * is always passed on, because on the worker the default would be the worker's own login.
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

    /**
     * The same options with the login fixed, so that the environment of later processes does not
     * matter.
     */
    public JetpOptions withLogin(Map<String, String> environment) {
        return with(Optional.of(login(environment)), dialect);
    }

    private JetpOptions with(Optional<String> login, Optional<Dialect> other) {
        return new JetpOptions(
                mode,
                login,
                port,
                batchSize,
                sudo,
                tags,
                verbosity,
                forwardAgent,
                allowLocalhostDelegation,
                async,
                other);
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
