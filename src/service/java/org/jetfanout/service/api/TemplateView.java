package org.jetfanout.service.api;

import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.jetfanout.service.templates.RunTemplate;
import org.jetfanout.service.templates.Schedule;

/**
 * A template, for those who may use it.
 *
 * @param name its name
 * @param description for people; may be empty
 * @param variables what callers may give
 * @param command its words, with the places of the variables
 * @param limit whether callers may narrow the hosts
 * @param concurrency one, queue or free
 * @param schedule when it starts by itself; empty for never
 * @param next when it starts by itself next; null for never
 * @param webhook whether a webhook starts it
 */
public record TemplateView(
        String name,
        String description,
        List<Variable> variables,
        List<String> command,
        boolean limit,
        String concurrency,
        String schedule,
        Optional<Instant> next,
        boolean webhook) {
    /** Copies the list. */
    public TemplateView {
        variables = List.copyOf(variables);
        command = List.copyOf(command);
    }

    static TemplateView of(RunTemplate template) {
        return new TemplateView(
                template.name(),
                template.description(),
                template.variables().values().stream().map(Variable::of).toList(),
                template.shown(),
                template.limit(),
                template.concurrencyWord(),
                template.schedule().map(Schedule::text).orElse(""),
                template.schedule().flatMap(times -> times.after(Instant.now())),
                template.webhook().isPresent());
    }

    /**
     * A variable of a template.
     *
     * @param name its name
     * @param type text, number, bool or choice
     * @param description for people; may be empty
     * @param pattern that the whole value must match; empty for the usual rule of its type
     * @param choices the only values; empty where it is none of choices
     * @param preset the value where a caller gives none
     * @param required whether a caller must give one
     * @param secret whether the value is shown nowhere
     */
    public record Variable(
            String name,
            String type,
            String description,
            String pattern,
            List<String> choices,
            Optional<String> preset,
            boolean required,
            boolean secret) {
        /** Copies the list. */
        public Variable {
            choices = List.copyOf(choices);
        }

        static Variable of(org.jetfanout.service.templates.Variable variable) {
            return new Variable(
                    variable.name(),
                    variable.type().word(),
                    variable.description(),
                    variable.pattern().map(Object::toString).orElse(""),
                    variable.choices(),
                    variable.preset(),
                    variable.required(),
                    variable.secret());
        }
    }
}
