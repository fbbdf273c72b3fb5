package org.jetfanout.runner.exec;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;

/**
 * How the worker logs in to hosts and runs the task there. Immutable; checked when it is created.
 *
 * @param user login on hosts for which no variable says another
 * @param port SSH port of hosts for which no variable says another
 * @param timeout how long a host may take, login included
 * @param sudo account on the hosts that runs the task
 * @param bare whether the hosts get the command line as it is, without our watch: for machines
 *     without a POSIX shell
 */
public record ExecOptions(
        String user,
        OptionalInt port,
        Optional<Duration> timeout,
        Optional<String> sudo,
        boolean bare) {
    /** A name that ssh and sudo take for nothing else. */
    private static final Pattern NAME =
            Pattern.compile("[A-Za-z0-9._@+\\\\][A-Za-z0-9._@+\\\\$-]*");

    /** Checks the values. */
    public ExecOptions {
        checkLogin("--user", user);
        sudo.ifPresent(name -> checkLogin("--sudo", name));
        if (port.isPresent() && (port.getAsInt() < 1 || port.getAsInt() > 65535)) {
            throw new ConfigurationException(
                    "--port must be a number from 1 to 65535, not " + port.getAsInt());
        }
        if (bare && sudo.isPresent()) {
            throw new ConfigurationException(
                    "--bare and --sudo cannot be combined: sudo needs a shell on the host");
        }
    }

    /** Only a login name. */
    public static ExecOptions of(String user) {
        return new ExecOptions(
                user, OptionalInt.empty(), Optional.empty(), Optional.empty(), false);
    }

    /**
     * The login name for hosts, chosen as jetp does: the flag, else {@code $JET_SSH_USER}, else
     * {@code $USER}, else the account of this process.
     */
    public static String login(Optional<String> flag, Map<String, String> environment) {
        return flag.or(() -> named(environment, "JET_SSH_USER"))
                .or(() -> named(environment, "USER"))
                .orElseGet(() -> System.getProperty("user.name"));
    }

    private static Optional<String> named(Map<String, String> environment, String name) {
        return Optional.ofNullable(environment.get(name)).filter(value -> !value.isEmpty());
    }

    /**
     * Refuses a login name that ssh or sudo could take for something else.
     *
     * @param what names where it was given
     */
    static void checkLogin(String what, String name) {
        if (!NAME.matcher(name).matches()) {
            throw new ConfigurationException(
                    what + ": " + Quoted.of(name) + " cannot be the name of an account");
        }
    }

    /** What the run record keeps of it. */
    public Map<String, Object> toRecord() {
        Map<String, Object> record = new LinkedHashMap<>();
        record.put("user", user);
        record.put("port", port.orElse(0));
        record.put("timeout", timeout.map(Duration::toSeconds).orElse(0L));
        record.put("sudo", sudo.orElse(""));
        record.put("bare", bare);
        return record;
    }

    /** Reads what {@link #toRecord} gave. */
    public static ExecOptions read(JsonNode record) {
        int port = record.path("port").asInt();
        long timeout = record.path("timeout").asLong();
        return new ExecOptions(
                record.path("user").asText(),
                port == 0 ? OptionalInt.empty() : OptionalInt.of(port),
                timeout == 0 ? Optional.empty() : Optional.of(Duration.ofSeconds(timeout)),
                Optional.of(record.path("sudo").asText("")).filter(name -> !name.isEmpty()),
                record.path("bare").asBoolean());
    }
}
