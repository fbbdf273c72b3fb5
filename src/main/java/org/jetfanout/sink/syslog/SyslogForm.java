package org.jetfanout.sink.syslog;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.jetfanout.logs.LogDocument;
import org.jetfanout.text.Text;

/**
 * Makes syslog messages of documents, in the form of RFC 5424
 * (https://www.rfc-editor.org/rfc/rfc5424), section 6. Immutable.
 *
 * @param facility number of the facility, section 6.2.1
 * @param structure the name of the structured data element: {@code name@number}, section 6.3.2
 * @param controlMachine the host name in messages of documents without a worker
 * @param size the most bytes of a message
 * @param mark whether a text that is not plain ASCII begins with the byte order mark that section
 *     6.4 demands
 */
record SyslogForm(int facility, String structure, String controlMachine, int size, boolean mark) {
    /** Names of the facilities in the order of their numbers, section 6.2.1. */
    static final List<String> FACILITIES =
            List.of(
                    "kern",
                    "user",
                    "mail",
                    "daemon",
                    "auth",
                    "syslog",
                    "lpr",
                    "news",
                    "uucp",
                    "cron",
                    "authpriv",
                    "ftp",
                    "ntp",
                    "audit",
                    "alert",
                    "clock",
                    "local0",
                    "local1",
                    "local2",
                    "local3",
                    "local4",
                    "local5",
                    "local6",
                    "local7");

    private static final String APP_NAME = "jet-fanout";
    private static final String NOTHING = "-";
    private static final String MARK = "\ufeff";

    private static final int HOSTNAME_LENGTH = 255;
    private static final int PROCID_LENGTH = 128;
    private static final int MSGID_LENGTH = 32;

    private static final int ERROR = 3;
    private static final int WARNING = 4;
    private static final int INFORMATIONAL = 6;
    private static final int DEBUG = 7;

    /** Section 6.2.3 allows up to six digits of a second and demands upper-case letters. */
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("uuuu-MM-dd'T'HH:mm:ss.SSS'Z'", Locale.ROOT)
                    .withZone(ZoneOffset.UTC);

    /**
     * A message.
     *
     * @param bytes without framing; callers must not change them
     * @param cut whether a part of the document's text is missing
     */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    record Message(byte[] bytes, boolean cut) {}

    /** A document as a message; empty where not even its names fit. */
    Optional<Message> of(LogDocument document) {
        byte[] text = text(document);
        byte[] head = head(document, false);
        if (head.length + text.length <= size) {
            return Optional.of(new Message(joined(head, text, text.length), false));
        }
        byte[] marked = head(document, true);
        int room = size - marked.length;
        return room < 0
                ? Optional.empty()
                : Optional.of(new Message(joined(marked, text, boundary(text, room)), true));
    }

    /** Everything before the text, with the space that follows it. */
    private byte[] head(LogDocument document, boolean cut) {
        StringBuilder head = new StringBuilder(256);
        head.append('<').append(facility * 8 + severity(document)).append(">1 ");
        TIME.formatTo(document.time(), head);
        String host = document.worker().isEmpty() ? controlMachine : document.worker();
        head.append(' ').append(printable(host, HOSTNAME_LENGTH));
        head.append(' ').append(APP_NAME);
        head.append(' ').append(printable(document.batch(), PROCID_LENGTH));
        head.append(' ').append(printable(document.stream(), MSGID_LENGTH));
        head.append(" [").append(structure);
        parameter(head, "guid", document.guid());
        parameter(head, "batch", document.batch().equals(NOTHING) ? "" : document.batch());
        parameter(head, "worker", document.worker());
        parameter(head, "group", document.workerGroup());
        parameter(head, "host", document.host());
        parameter(head, "outcome", document.outcome());
        parameter(head, "id", document.id());
        parameter(head, "cut", cut ? "true" : "");
        return head.append("] ").toString().getBytes(UTF_8);
    }

    /** The text, section 6.4, without control characters. */
    private byte[] text(LogDocument document) {
        String text = Text.plain(document.message()).replace('\t', ' ');
        boolean marked = mark && text.chars().anyMatch(c -> c > 0x7e);
        return (marked ? MARK + text : text).getBytes(UTF_8);
    }

    private static int severity(LogDocument document) {
        if (document.isFailure()) {
            return ERROR;
        }
        return switch (document.level()) {
            case "warning", "warn" -> WARNING;
            case "debug", "trace" -> DEBUG;
            default -> INFORMATIONAL;
        };
    }

    /** A parameter, section 6.3.3: in UTF-8, with quote, backslash and closing bracket escaped. */
    private static void parameter(StringBuilder head, String name, String value) {
        if (value.isEmpty()) {
            return;
        }
        head.append(' ').append(name).append("=\"");
        String plain = Text.plain(value);
        for (int i = 0; i < plain.length(); i++) {
            char c = plain.charAt(i);
            if (c == '"' || c == '\\' || c == ']') {
                head.append('\\');
            }
            head.append(c == '\t' ? ' ' : c);
        }
        head.append('"');
    }

    /**
     * A field of the header, section 6.2.4 and on: ASCII without spaces. Other characters become
     * question marks.
     */
    private static String printable(String value, int most) {
        if (value.isEmpty()) {
            return NOTHING;
        }
        StringBuilder printable = new StringBuilder(value.length());
        value.codePoints()
                .limit(most)
                .forEach(c -> printable.append(c > ' ' && c < 0x7f ? (char) c : '?'));
        return printable.toString();
    }

    /** The last index, not after this one, at which a character ends. */
    private static int boundary(byte[] text, int most) {
        int end = most;
        while (end > 0 && (text[end] & 0xc0) == 0x80) {
            end--;
        }
        return end;
    }

    private static byte[] joined(byte[] head, byte[] text, int length) {
        byte[] joined = Arrays.copyOf(head, head.length + length);
        System.arraycopy(text, 0, joined, head.length, length);
        return joined;
    }
}
