package org.jetfanout.logs;

import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.TextLine;
import org.jetfanout.text.Redaction;
import org.jetfanout.text.Text;

/**
 * Reads the lines of the application's own log, in the pattern of {@code cli.Logging}. Each line of
 * a stack trace becomes a document of its own, with the time and level of the message that it
 * follows.
 */
final class OwnLogParser implements LineParser {
    private static final Pattern LINE =
            Pattern.compile(
                    "(\\d{4}-\\d\\d-\\d\\dT[\\d:.]{12}(?:Z|[+-]\\d\\d:\\d\\d))"
                            + " (ERROR|WARN|INFO|DEBUG|TRACE) {1,2}\\S+ \\[(\\S*) (\\S*)\\]"
                            + " (\\S{1,100}) - (.*)");

    private final RecordStream stream;
    private final Redaction.Lines redaction;

    // Mutable state: of the last line that was not part of a stack trace
    private Instant time;
    private String level = "info";
    private String logger = "";
    private String worker = "";
    private String batch = RecordStream.RUN;

    /**
     * @param before the time of lines before the first one that has a time
     */
    OwnLogParser(RecordStream stream, Instant before, Redaction redaction) {
        this.stream = stream;
        this.redaction = redaction.lines();
        this.time = before;
    }

    @Override
    public Optional<DocumentFields> parse(TextLine line) {
        String text = Text.plain(line.text());
        Matcher own = LINE.matcher(text);
        String message = text;
        if (own.matches() && time(own.group(1)).isPresent()) {
            time = time(own.group(1)).get();
            level = own.group(2).equals("WARN") ? "warning" : own.group(2).toLowerCase(Locale.ROOT);
            worker = own.group(3).equals("-") ? "" : own.group(3);
            batch = FileNames.isSafe(own.group(4)) ? own.group(4) : RecordStream.RUN;
            logger = own.group(5);
            message = own.group(6);
        }
        DocumentFields fields = new DocumentFields(stream, line.offset());
        fields.time = time;
        fields.level = level;
        fields.logger = logger;
        fields.worker = worker;
        fields.batch = batch;
        fields.message = redaction.apply(message);
        fields.cut = line.cut();
        return Optional.of(fields);
    }

    private static Optional<Instant> time(String text) {
        try {
            return Optional.of(OffsetDateTime.parse(text).toInstant());
        } catch (DateTimeParseException e) {
            return Optional.empty();
        }
    }
}
