package org.jetfanout.sink.file;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectReader;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;

/** Reads the last lines of a file of documents, and of the file that was rotated before it. */
final class NdjsonEnd {
    /**
     * How far back it reads, in bytes: more than a delivery, plus what others wrote to the same
     * file after it.
     */
    static final long REACH = 64L << 20;

    private static final ObjectReader JSON = new ObjectMapper().reader();
    private static final int BLOCK = 8192;

    private NdjsonEnd() {}

    /**
     * The last offset of a run's documents in the file, for each stream of {@link #streamOf}.
     *
     * @param open the open file. It must stay open, because this process loses its lock on a file
     *     as soon as it closes that file anywhere (POSIX)
     */
    static Map<String, Long> of(FileChannel open, Path file, String guid) throws IOException {
        Map<String, Long> last = new HashMap<>();
        long left = REACH - read(open, REACH, guid, last);
        Path rotated = file.resolveSibling(file.getFileName() + ".1");
        if (left > 0 && Files.isRegularFile(rotated)) {
            try (FileChannel before = FileChannel.open(rotated)) {
                read(before, left, guid, last);
            }
        }
        return last;
    }

    /** The stream that a document comes from: its id without the offset. */
    static String streamOf(String id) {
        return id.substring(0, id.lastIndexOf(':'));
    }

    /** The offset after the last line break; 0 where there is none. */
    static long afterLastLine(FileChannel open, long size) throws IOException {
        long end = size;
        while (end > 0) {
            int length = (int) Math.min(BLOCK, end);
            byte[] block = bytes(open, end - length, length);
            for (int i = length - 1; i >= 0; i--) {
                if (block[i] == '\n') {
                    return end - length + i + 1;
                }
            }
            end -= length;
        }
        return 0;
    }

    /** So many bytes from an offset on. */
    static byte[] bytes(FileChannel open, long from, int length) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(length);
        while (bytes.hasRemaining() && open.read(bytes, from + bytes.position()) >= 0) {}
        return bytes.array();
    }

    /** Whether the bytes after the last line break are the beginning of a document. */
    static boolean isTorn(byte[] bytes) throws IOException {
        if (bytes[0] != '{') {
            return false;
        }
        try (JsonParser parser = JSON.createParser(bytes)) {
            parser.nextToken();
            parser.skipChildren();
            return parser.currentToken() != JsonToken.END_OBJECT;
        } catch (JsonEOFException e) {
            return true;
        } catch (JsonProcessingException e) {
            return false;
        }
    }

    /** Reads the last bytes of a file. Returns how many. */
    private static long read(FileChannel channel, long most, String guid, Map<String, Long> last)
            throws IOException {
        long size = channel.size();
        channel.position(Math.max(0, size - most));
        BufferedReader lines = new BufferedReader(Channels.newReader(channel, UTF_8));
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            note(line, guid, last);
        }
        return Math.min(size, most);
    }

    private static void note(String line, String guid, Map<String, Long> last) throws IOException {
        try {
            JsonNode id = JSON.readTree(line).at("/event/id");
            if (id.isTextual() && id.textValue().startsWith(guid + ":")) {
                String text = id.textValue();
                long offset = Long.parseLong(text.substring(text.lastIndexOf(':') + 1));
                last.merge(streamOf(text), offset, Math::max);
            }
        } catch (JsonProcessingException | NumberFormatException e) {
            // the rest of a line that begins before our reach, or a line of another program
        }
    }
}
