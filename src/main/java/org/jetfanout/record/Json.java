package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonFactoryBuilder;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.SerializableString;
import com.fasterxml.jackson.core.io.CharacterEscapes;
import com.fasterxml.jackson.core.io.SerializedString;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.util.Locale;

/**
 * The JSON of the record and of {@code --json}: one object a line. It is safe to print on a
 * terminal, because control characters and characters that reorder text are written as JSON
 * escapes. Thread-safe.
 */
public final class Json {
    static final JsonFactory FACTORY =
            new JsonFactoryBuilder()
                    .characterEscapes(new TerminalSafe())
                    .rootValueSeparator("")
                    .build();

    private Json() {}

    /** Made where it is first used: that takes longer than most commands take. */
    private static final class Mapper {
        static final ObjectMapper MAPPER = new ObjectMapper(FACTORY);
    }

    /** The mapper for this JSON. What only reads a record uses {@link JsonReader}. */
    public static ObjectMapper mapper() {
        return Mapper.MAPPER;
    }

    /** Writes one JSON value. */
    public interface Writer {
        void write(JsonGenerator json) throws IOException;
    }

    /** One value and a line break, in UTF-8. */
    public static byte[] line(Writer writer) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(256);
        try {
            line(bytes, writer);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Writes one value and a line break. */
    public static void line(OutputStream out, Writer writer) throws IOException {
        try (JsonGenerator json = generator(out)) {
            writer.write(json);
            json.writeRaw('\n');
        }
    }

    /** A generator that does not close its stream. */
    static JsonGenerator generator(OutputStream out) throws IOException {
        return FACTORY.createGenerator(out).disable(JsonGenerator.Feature.AUTO_CLOSE_TARGET);
    }

    private static final class TerminalSafe extends CharacterEscapes {
        private static final long serialVersionUID = 1L;

        private final int[] ascii = standardAsciiEscapesForJSON();

        TerminalSafe() {
            ascii[0x7f] = ESCAPE_STANDARD;
        }

        @Override
        public int[] getEscapeCodesForAscii() {
            return ascii.clone();
        }

        @Override
        public SerializableString getEscapeSequence(int c) {
            if (c < 0x80) {
                return null;
            }
            return switch (Character.getType(c)) {
                case Character.CONTROL,
                        Character.FORMAT,
                        Character.LINE_SEPARATOR,
                        Character.PARAGRAPH_SEPARATOR ->
                        new SerializedString(String.format(Locale.ROOT, "\\u%04x", c));
                default -> null;
            };
        }
    }
}
