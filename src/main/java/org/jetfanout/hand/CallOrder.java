package org.jetfanout.hand;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.agent.GuardBudget;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.agent.ShownKeys;
import org.jetfanout.ssh.config.Destination;

/**
 * What a hand is told to do: the content of GO. Immutable.
 *
 * @param stdin whether the command gets a stdin; otherwise it is at its end
 * @param guard what the worker may do with the hand's agent; empty where it gets none
 */
record CallOrder(CallSpec spec, boolean stdin, Optional<Guard> guard) {
    /** More than any command line that a kernel takes. */
    private static final int COMMAND = 1 << 20;

    private static final long LONGEST_DEADLINE = Duration.ofHours(1).toMillis();

    /**
     * A policy without those who are told.
     *
     * @param mostSignatures of the whole job
     * @param used of its budget until now
     */
    record Guard(ShownKeys keys, Set<String> logins, long mostSignatures, GuardBudget.Usage used) {
        static Guard of(GuardPolicy policy) {
            return new Guard(
                    policy.keys().elsewhere(),
                    policy.logins(),
                    policy.budget().mostSignatures(),
                    policy.budget().usage());
        }

        private static Guard read(Fields from) {
            ShownKeys.Kind kind = ShownKeys.Kind.valueOf(from.text("kind", Fields.LINE));
            if (kind == ShownKeys.Kind.BUT_LOGIN) {
                // that would be whatever this agent has, for any machine
                throw new IllegalArgumentException("invalid kind");
            }
            return new Guard(
                    new ShownKeys(kind, from.texts("keys")),
                    Set.copyOf(from.texts("logins")),
                    from.number("mostSignatures", Long.MAX_VALUE / 1_000),
                    usage(from.part("used")));
        }

        private ObjectNode json() {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("kind", keys.kind().name());
            json.set("keys", array(keys.keys()));
            json.set("logins", array(logins));
            json.put("mostSignatures", mostSignatures);
            json.set("used", CallOrder.json(used));
            return json;
        }
    }

    /**
     * Reads the head of a message.
     *
     * @throws RuntimeException if it is no order
     */
    static CallOrder read(Fields from) {
        return new CallOrder(
                new CallSpec(
                        from.text("guid", Fields.LINE),
                        from.text("zone", Fields.LINE),
                        new Destination(
                                from.text("worker", Fields.LINE),
                                from.text("host", Fields.LINE),
                                (int) from.number("port", 65535),
                                from.text("user", Fields.LINE)),
                        from.text("command", COMMAND),
                        new Deadlines(
                                Duration.ofMillis(from.number("connectMillis", LONGEST_DEADLINE)),
                                Duration.ofMillis(from.number("loginMillis", LONGEST_DEADLINE)),
                                keepalive(from.number("keepaliveMillis", LONGEST_DEADLINE))),
                        Set.copyOf(from.texts("forHosts"))),
                from.yes("stdin"),
                from.has("guard") ? Optional.of(Guard.read(from.part("guard"))) : Optional.empty());
    }

    /** Adds it to the head of a message. */
    void addTo(ObjectNode head) {
        head.put("guid", spec.guid());
        head.put("zone", spec.zone());
        head.put("worker", spec.worker().name());
        head.put("host", spec.worker().host());
        head.put("port", spec.worker().port());
        head.put("user", spec.worker().user());
        head.put("command", spec.command());
        head.put("connectMillis", millis(spec.deadlines().connect()));
        head.put("loginMillis", millis(spec.deadlines().login()));
        spec.deadlines()
                .keepalive()
                .ifPresent(time -> head.put("keepaliveMillis", Math.max(1, millis(time))));
        head.set("forHosts", array(spec.forHosts()));
        head.put("stdin", stdin);
        guard.ifPresent(policy -> head.set("guard", policy.json()));
    }

    private static Optional<Duration> keepalive(long millis) {
        return millis == 0 ? Optional.empty() : Optional.of(Duration.ofMillis(millis));
    }

    private static long millis(Duration deadline) {
        return Math.min(deadline.toMillis(), LONGEST_DEADLINE);
    }

    /** The keys that the hand's agent must have. */
    List<String> keys() {
        return guard.map(policy -> policy.keys().keys()).orElse(List.of());
    }

    static GuardBudget.Usage usage(Fields from) {
        return new GuardBudget.Usage(
                from.number("requests", Long.MAX_VALUE),
                from.number("signatures", Long.MAX_VALUE),
                (int) from.number("refusals", Integer.MAX_VALUE));
    }

    static ObjectNode json(GuardBudget.Usage used) {
        return JsonNodeFactory.instance
                .objectNode()
                .put("requests", used.requests())
                .put("signatures", used.signatures())
                .put("refusals", used.refusals());
    }

    private static ArrayNode array(Collection<String> texts) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        texts.forEach(array::add);
        return array;
    }
}
