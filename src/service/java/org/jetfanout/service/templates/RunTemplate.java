package org.jetfanout.service.templates;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.runs.Concurrency;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.token.AccessToken;

/** A named command line, with the variables that callers may give. Immutable. */
public final class RunTemplate {
    private static final Set<String> KEYS =
            new TreeSet<>(
                    Set.of(
                            "description",
                            "command",
                            "variables",
                            "limit",
                            "concurrency",
                            "agent",
                            "schedule",
                            "webhook",
                            "tell"));

    /** The options whose word holds values of variables, which are kept apart from the record. */
    private static final Set<String> EXTRA = Set.of("-e", "--extra-vars");

    private static final String EXTRA_BEGIN = "--extra-vars=";

    private static final Map<String, Concurrency> CONCURRENCIES =
            Map.of(
                    "one", Concurrency.ONE,
                    "queue", Concurrency.QUEUE,
                    "free", Concurrency.FREE);

    private final String name;
    private final String description;
    private final List<CommandWord> command;
    private final Map<String, Variable> variables;
    private final boolean limit;
    private final Concurrency concurrency;
    private final Optional<Path> agent;
    private final Optional<Schedule> schedule;
    private final Optional<WebhookRules> webhook;
    private final Optional<TellRules> tell;

    private RunTemplate(ServiceConfig config, YamlValue.Entry entry) {
        this.name = entry.name();
        String what = "template " + Quoted.of(name);
        if (!AccessToken.isName(name)) {
            throw entry.key()
                    .error(
                            "the name of a template "
                                    + AccessToken.RULE
                                    + ", not "
                                    + Quoted.of(name));
        }
        Map<String, YamlValue> keys = ServiceConfig.keys(entry.value(), what, KEYS);
        if (!keys.containsKey("command")) {
            throw entry.key().error(what + " needs 'command:', a list of words");
        }
        this.description =
                keys.containsKey("description") ? keys.get("description").text("description") : "";
        this.variables = variables(keys.get("variables"));
        this.command = command(keys.get("command"), variables);
        this.limit = keys.containsKey("limit") && ServiceConfig.flag(keys.get("limit"), "limit");
        if (limit) {
            HostsLimit.check(keys.get("limit"), command);
        }
        this.concurrency =
                keys.containsKey("concurrency")
                        ? concurrency(keys.get("concurrency"))
                        : Concurrency.QUEUE;
        this.agent = Optional.ofNullable(keys.get("agent")).map(it -> config.path(it, "agent"));
        this.schedule =
                Optional.ofNullable(keys.get("schedule")).map(it -> Schedule.read(it, this::texts));
        schedule.ifPresent(it -> checkValues(it.values(), keys.get("schedule")));
        this.webhook =
                Optional.ofNullable(keys.get("webhook"))
                        .map(it -> WebhookRules.read(config, it, variables.keySet()));
        webhook.ifPresent(it -> checkGiven(it.variables().keySet(), keys.get("webhook")));
        this.tell = Optional.ofNullable(keys.get("tell")).map(it -> TellRules.read(config, it));
    }

    /** Reads one of {@code templates:}. */
    static RunTemplate read(ServiceConfig config, YamlValue.Entry entry) {
        return new RunTemplate(config, entry);
    }

    private static Map<String, Variable> variables(YamlValue section) {
        Map<String, Variable> variables = new LinkedHashMap<>();
        if (section != null) {
            for (YamlValue.Entry entry : section.entries("variables")) {
                Variable variable = Variable.read(entry);
                if (variable.name().equals(HostsLimit.NAME)) {
                    throw entry.key()
                            .error("a variable cannot be named 'limit': see limit of the template");
                }
                variables.put(variable.name(), variable);
            }
        }
        return variables;
    }

    private static List<CommandWord> command(YamlValue section, Map<String, Variable> variables) {
        List<CommandWord> words = new ArrayList<>();
        Set<String> unused = new LinkedHashSet<>(variables.keySet());
        String before = "";
        boolean ansible = false;
        for (YamlValue item : section.sequence("command")) {
            String text = item.text("a word of the command");
            ansible |= words.isEmpty() && text.equals(HostsLimit.ANSIBLE);
            boolean values =
                    EXTRA.contains(before) || text.startsWith(EXTRA_BEGIN) || text.startsWith("-e");
            CommandWord.Kind kind =
                    !values
                            ? CommandWord.Kind.PLAIN
                            : text.matches("(?s)(--extra-vars=|-e=?)?\\s*\\{\\s*\".*")
                                    ? CommandWord.Kind.JSON
                                    : ansible ? CommandWord.Kind.PAIRS : CommandWord.Kind.PLAIN;
            CommandWord word = CommandWord.read(item, variables.keySet(), kind);
            for (String variable : word.variables()) {
                unused.remove(variable);
                if (variables.get(variable).secret() && !values) {
                    throw item.error(
                            "the variable %s is secret: use it in --extra-vars only. Other words are kept in the run record"
                                    .formatted(variable));
                }
            }
            words.add(word);
            before = text;
        }
        if (words.isEmpty() || !words.get(0).variables().isEmpty()) {
            throw section.error("command must begin with a word that is no variable");
        }
        if (!unused.isEmpty()) {
            throw section.error(
                    "the command has no place for the variable {%s}"
                            .formatted(unused.iterator().next()));
        }
        return words;
    }

    private static Concurrency concurrency(YamlValue value) {
        String word = value.text("concurrency");
        Concurrency found = CONCURRENCIES.get(word);
        if (found == null) {
            throw value.error("concurrency must be one, queue or free, not " + Quoted.of(word));
        }
        return found;
    }

    /** The texts of a mapping whose keys are variables. */
    private Map<String, String> texts(YamlValue section, String what) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (YamlValue.Entry entry : section.entries(what)) {
            if (!variables.containsKey(entry.name())) {
                throw entry.key()
                        .error(
                                "the template has no variable "
                                        + Quoted.of(entry.name())
                                        + NearestName.hint(entry.name(), variables.keySet()));
            }
            texts.put(entry.name(), entry.value().text(entry.name()));
        }
        return texts;
    }

    private void checkValues(Map<String, String> values, YamlValue section) {
        try {
            words(values, Optional.empty());
        } catch (InvalidValuesException e) {
            throw section.error("what starts by itself cannot be asked: " + e.getMessage());
        }
    }

    private void checkGiven(Set<String> given, YamlValue section) {
        for (Variable variable : variables.values()) {
            if (variable.required()
                    && variable.preset().isEmpty()
                    && !given.contains(variable.name())) {
                throw section.error(
                        "the webhook has no value for the variable %s, which has no default"
                                .formatted(variable.name()));
            }
        }
    }

    /** Its name. */
    public String name() {
        return name;
    }

    /** What it does, for people; may be empty. */
    public String description() {
        return description;
    }

    /** Its variables by name, in the order of the file. */
    public Map<String, Variable> variables() {
        return Collections.unmodifiableMap(variables);
    }

    /** Whether callers may narrow the hosts. */
    public boolean limit() {
        return limit;
    }

    /** What happens with a second start. */
    public Concurrency concurrency() {
        return concurrency;
    }

    /** As the file writes it: {@code queue}. */
    public String concurrencyWord() {
        return concurrency.name().toLowerCase(Locale.ROOT);
    }

    /** The socket of the ssh-agent for its runs; empty for that of the service. */
    public Optional<Path> agent() {
        return agent;
    }

    /** When it starts by itself. */
    public Optional<Schedule> schedule() {
        return schedule;
    }

    /** Which webhooks start it. */
    public Optional<WebhookRules> webhook() {
        return webhook;
    }

    /** Who is told when one of its runs has ended. */
    public Optional<TellRules> tell() {
        return tell;
    }

    /** The command as the file writes it, with the places of its variables. */
    public List<String> shown() {
        Map<String, String> places = new LinkedHashMap<>();
        variables.keySet().forEach(variable -> places.put(variable, "{" + variable + "}"));
        return command.stream().map(word -> word.with(places)).toList();
    }

    /**
     * The command line that values make. An empty value is as none.
     *
     * @param given values by variable
     * @param hosts the only ones of the template's; empty for all
     * @throws InvalidValuesException where one cannot be used
     */
    List<String> words(Map<String, String> given, Optional<String> hosts) {
        Map<String, String> troubles = new LinkedHashMap<>();
        Map<String, String> values = new LinkedHashMap<>();
        given.keySet().stream()
                .filter(key -> !variables.containsKey(key))
                .forEach(
                        key ->
                                troubles.put(
                                        Quoted.of(key),
                                        "is no variable of this template"
                                                + NearestName.hint(key, variables.keySet())));
        for (Variable variable : variables.values()) {
            String value = given.getOrDefault(variable.name(), "");
            if (value.isEmpty()) {
                value = variable.preset().orElse("");
            }
            if (value.isEmpty() && variable.required()) {
                troubles.put(variable.name(), "is missing");
            } else if (!value.isEmpty()) {
                variable.trouble(value).ifPresent(it -> troubles.put(variable.name(), it));
            }
            values.put(variable.name(), value);
        }
        if (hosts.isPresent() && !limit) {
            troubles.put(HostsLimit.NAME, "cannot be given: the template does not allow it");
        } else {
            hosts.flatMap(HostsLimit::trouble).ifPresent(it -> troubles.put(HostsLimit.NAME, it));
        }
        if (troubles.isEmpty()) {
            command.forEach(
                    word ->
                            word.trouble(values)
                                    .ifPresent(it -> troubles.put(it.getKey(), it.getValue())));
        }
        if (!troubles.isEmpty()) {
            throw new InvalidValuesException(troubles);
        }
        List<String> words = command.stream().map(word -> word.with(values)).toList();
        return hosts.map(it -> HostsLimit.with(words, it)).orElse(words);
    }
}
