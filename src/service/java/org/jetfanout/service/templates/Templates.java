package org.jetfanout.service.templates;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import org.jetfanout.service.access.Caller;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.RefusedException;
import org.jetfanout.service.runs.RunStarts;
import org.jetfanout.service.runs.StartRequest;
import org.jetfanout.service.runs.Started;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.token.Scope;

/** The templates of service.yml, and starts of runs by them. Thread-safe. */
public final class Templates {
    private static final String AGENT = "SSH_AUTH_SOCK";

    private final Map<String, RunTemplate> byName;
    private final Function<StartRequest, Started> starts;

    private Templates(Map<String, RunTemplate> byName, Function<StartRequest, Started> starts) {
        this.byName = Collections.unmodifiableMap(byName);
        this.starts = starts;
    }

    /** Reads {@code templates:} as below. */
    public static Templates read(ServiceConfig config, RunStarts starts) {
        return read(config, starts::start);
    }

    /**
     * Reads {@code templates:}.
     *
     * @param starts starts a run: {@code RunStarts::start}
     * @throws org.jetfanout.ConfigurationException where one cannot be used
     */
    public static Templates read(ServiceConfig config, Function<StartRequest, Started> starts) {
        Map<String, RunTemplate> byName = new LinkedHashMap<>();
        config.section("templates")
                .ifPresent(
                        section ->
                                section.entries("templates")
                                        .forEach(
                                                entry ->
                                                        byName.put(
                                                                entry.name(),
                                                                RunTemplate.read(config, entry))));
        return new Templates(byName, starts);
    }

    /** All templates, in the order of the file. */
    public Collection<RunTemplate> all() {
        return byName.values();
    }

    /** The templates that a caller may use, in the order of the file. */
    public List<RunTemplate> of(Caller caller) {
        return byName.values().stream().filter(template -> caller.mayUse(template.name())).toList();
    }

    /** The template with this name. */
    public Optional<RunTemplate> find(String name) {
        return Optional.ofNullable(byName.get(name));
    }

    /**
     * The template with this name, for a caller.
     *
     * @throws RefusedException 404 where there is none, 403 where the caller may not use it
     */
    public RunTemplate get(String name, Caller caller) {
        caller.requireTemplate(name);
        return find(name)
                .orElseThrow(
                        () ->
                                new RefusedException(
                                        404,
                                        "there is no template "
                                                + Quoted.of(name)
                                                + NearestName.nameHint(
                                                        name,
                                                        of(caller).stream()
                                                                .map(RunTemplate::name)
                                                                .toList())));
    }

    /**
     * Starts a run of a template.
     *
     * @param values by variable; an empty one is as none
     * @param limit names of hosts, separated by commas; empty for all of the template's
     * @param key the same key means the same start; empty for none
     * @throws InvalidValuesException 422 where a value cannot be used
     * @throws RefusedException where the caller may not, or there is no such template
     */
    public Started start(
            String name,
            Map<String, String> values,
            Optional<String> limit,
            Caller caller,
            Optional<String> key) {
        caller.require(Scope.RUN);
        return start(get(name, caller), values, limit, caller.name(), key);
    }

    Started start(
            RunTemplate template,
            Map<String, String> values,
            Optional<String> limit,
            String who,
            Optional<String> key) {
        return starts.apply(
                new StartRequest(
                        template.words(values, limit.filter(it -> !it.isBlank())),
                        template.agent()
                                .map(socket -> Map.of(AGENT, socket.toString()))
                                .orElse(Map.of()),
                        who,
                        Optional.of(template.name()),
                        template.concurrency(),
                        key));
    }
}
