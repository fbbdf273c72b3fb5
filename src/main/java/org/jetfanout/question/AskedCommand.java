package org.jetfanout.question;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A command that another instance carries out when it is asked, with the options that it takes. */
public enum AskedCommand {
    RUNS(Set.of("--json"), Set.of()),
    STATUS(Set.of("--json", "--watch", "--live"), Set.of("--threads")),
    LOGS(
            Set.of("--follow", "--failed", "--json", "--gather"),
            Set.of("--worker", "--host", "--grep")),
    CANCEL(Set.of("--json", "--quiet"), Set.of("--worker")),
    RESUME(Set.of("--take-over"), Set.of()),
    APPROVE(Set.of("--detach"), Set.of()),
    PAUSE(Set.of(), Set.of()),
    CONTINUE(Set.of(), Set.of());

    private static final int LONGEST_VALUE = 1 << 16;

    @SuppressWarnings("ImmutableEnumChecker") // sets that cannot be changed
    private final Set<String> flags;

    @SuppressWarnings("ImmutableEnumChecker")
    private final Set<String> values;

    AskedCommand(Set<String> flags, Set<String> values) {
        this.flags = flags;
        this.values = values;
    }

    /** The command on the command line. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    static Optional<AskedCommand> of(String word) {
        for (AskedCommand command : values()) {
            if (command.word().equals(word)) {
                return Optional.of(command);
            }
        }
        return Optional.empty();
    }

    /**
     * Options as they travel.
     *
     * @param given the names of the flags that are set
     * @param valued the other options
     */
    static ObjectNode options(Set<String> given, Map<String, String> valued) {
        ObjectNode options = JsonNodeFactory.instance.objectNode();
        given.forEach(name -> options.put(name, true));
        valued.forEach(options::put);
        return options;
    }

    /**
     * The words of the command line that carries it out.
     *
     * @param guid the run; empty where it is about all
     * @param options as {@link #options} made them, from another instance
     * @throws IllegalArgumentException where there are other options
     */
    List<String> words(Optional<String> guid, JsonNode options) {
        List<String> words = new ArrayList<>(List.of(word()));
        guid.ifPresent(words::add);
        options.properties()
                .forEach(
                        option -> {
                            String name = option.getKey();
                            JsonNode value = option.getValue();
                            if (flags.contains(name) && value.isBoolean() && value.booleanValue()) {
                                words.add(name);
                            } else if (values.contains(name)
                                    && value.isTextual()
                                    && value.textValue().length() <= LONGEST_VALUE
                                    && value.textValue().indexOf('\0') < 0) {
                                // one word, so that no value is taken for an option
                                words.add(name + "=" + value.textValue());
                            } else {
                                throw new IllegalArgumentException(
                                        "it does not take this option: " + name);
                            }
                        });
        return words;
    }
}
