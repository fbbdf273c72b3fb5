package org.jetfanout.logs;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.record.Names;
import org.jetfanout.record.Place;
import org.jetfanout.record.TextLine;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/**
 * The lines of the application's own log, in the pattern of {@code cli.Logging}. A line of a stack
 * trace is a record of its own, with the time and the level of the line that it stands below.
 */
final class OwnLogDrafts implements Drafts {
    private static final Pattern LINE =
            Pattern.compile(
                    "(\\d{4}-\\d\\d-\\d\\dT[\\d:.]{12}(?:Z|[+-]\\d\\d:\\d\\d))"
                            + " (ERROR|WARN|INFO|DEBUG|TRACE) {1,2}\\S+ \\[(\\S*) (\\S*)\\]"
                            + " (\\S{1,100}) - (.*)");

    private final Place place;
    private final Redaction.Lines redaction;

    // Mutable state: of the last line that was not below another
    private Instant time;
    private String level = "info";
    private String logger = "";
    private String worker = "";
    private String batch = Place.RUN;

    /**
     * @param before the time of lines before the first that has one
     */
    OwnLogDrafts(Place place, Instant before, Redaction redaction) {
        this.place = place;
        this.redaction = redaction.lines();
        this.time = before;
    }

    @Override
    public Optional<Draft> of(TextLine line) {
        String text = Text.plain(line.text());
        Matcher own = LINE.matcher(text);
        String message = text;
        if (own.matches() && time(own.group(1)).isPresent()) {
            time = time(own.group(1)).get();
            level = own.group(2).equals("WARN") ? "warning" : own.group(2).toLowerCase(Locale.ROOT);
            worker = own.group(3).equals("-") ? "" : own.group(3);
            batch = Names.isSafe(own.group(4)) ? own.group(4) : Place.RUN;
            logger = own.group(5);
            message = own.group(6);
        }
        Draft draft = new Draft(place, line.offset());
        draft.time = time;
        draft.level = level;
        draft.logger = logger;
        draft.worker = worker;
        draft.batch = batch;
        draft.message = redaction.apply(message);
        draft.cut = line.cut();
        return Optional.of(draft);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
