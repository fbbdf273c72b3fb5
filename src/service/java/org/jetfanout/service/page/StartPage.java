package org.jetfanout.service.page;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.service.templates.RunTemplate;
import org.jetfanout.service.templates.Variable;
import org.jetfanout.service.templates.VariableType;

/** The models of {@code start.mustache} and {@code template.mustache}. */
record StartPage(PageFrame frame, String none, List<Offer> templates) {
    /** A template as the list shows it. */
    record Offer(String path, String name, String description, String command, String facts) {
        static Offer of(RunTemplate template) {
            List<String> facts = new ArrayList<>();
            facts.add(
                    switch (template.concurrency()) {
                        case ONE -> "one run at a time, others are refused";
                        case QUEUE -> "one run at a time, others wait";
                        case FREE -> "several runs at a time";
                    });
            template.schedule()
                    .ifPresent(
                            schedule ->
                                    facts.add(
                                            "starts by itself: "
                                                    + schedule.text()
                                                    + schedule.after(Instant.now())
                                                            .map(
                                                                    next ->
                                                                            ", next "
                                                                                    + PageText.date(
                                                                                            next))
                                                            .orElse("")));
            if (template.webhook().isPresent()) {
                facts.add("has a webhook");
            }
            return new Offer(
                    PageRequest.encoded(template.name()),
                    PageText.text(template.name()),
                    PageText.text(template.description()),
                    PageText.text(ShellWords.join(template.shown())),
                    PageText.text(String.join(" · ", facts)));
        }
    }

    static StartPage of(PageFrame frame, List<RunTemplate> templates) {
        return new StartPage(
                frame,
                templates.isEmpty() ? "There is no template that you may use." : "",
                templates.stream().map(Offer::of).toList());
    }

    /**
     * One template with its form.
     *
     * @param problem why nothing was started; empty before a try
     * @param key makes one start of it, however often the button is pressed
     */
    record Form(
            PageFrame frame,
            Offer template,
            String problem,
            String key,
            List<Field> fields,
            boolean limits,
            String limit) {
        static Form of(
                PageFrame frame,
                RunTemplate template,
                Map<String, String> values,
                String limit,
                String problem,
                Map<String, String> troubles) {
            List<Field> fields = new ArrayList<>();
            for (Variable variable : template.variables().values()) {
                fields.add(
                        Field.of(
                                variable,
                                values.getOrDefault(variable.name(), variable.preset().orElse("")),
                                troubles.getOrDefault(variable.name(), "")));
            }
            return new Form(
                    frame,
                    Offer.of(template),
                    PageText.text(problem),
                    UUID.randomUUID().toString(),
                    fields,
                    template.limit(),
                    limit);
        }
    }

    record Field(
            String variable,
            String help,
            boolean choice,
            List<RunsPage.Option> choices,
            String value,
            String type,
            boolean required,
            String wrong) {
        static Field of(Variable variable, String value, String wrong) {
            List<String> words =
                    variable.type() == VariableType.BOOL
                            ? List.of("true", "false")
                            : variable.choices();
            List<RunsPage.Option> choices = new ArrayList<>();
            if (!words.isEmpty() && variable.preset().isEmpty()) {
                choices.add(new RunsPage.Option("", "choose", value.isEmpty()));
            }
            for (String word : words) {
                choices.add(new RunsPage.Option(word, word, word.equals(value)));
            }
            List<String> help = new ArrayList<>();
            if (!variable.description().isEmpty()) {
                help.add(variable.description());
            }
            variable.pattern().ifPresent(pattern -> help.add("like " + pattern));
            variable.least().ifPresent(least -> help.add("at least " + least));
            variable.most().ifPresent(most -> help.add("at most " + most));
            if (!variable.required()) {
                help.add("optional");
            }
            return new Field(
                    variable.name(),
                    PageText.text(String.join(", ", help)),
                    !words.isEmpty(),
                    choices,
                    // what is secret does not come back
                    variable.secret() ? "" : value,
                    variable.secret() ? "password" : "text",
                    variable.required(),
                    PageText.text(wrong));
        }
    }
}
