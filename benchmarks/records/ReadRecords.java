import static java.nio.charset.StandardCharsets.UTF_8;

import java.nio.file.Path;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.jetfanout.logs.LogDocumentReader;
import org.jetfanout.logs.LogDocuments;
import org.jetfanout.record.Frame;
import org.jetfanout.record.RecordStream;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.Stream;
import org.jetfanout.text.Redaction;

/**
 * How many log records a second are made of a run record, on one thread. {@code ReadRecords FOLDER
 * BATCHES LINES ROUNDS}: a record of so many batches with so many lines of 120 bytes each is made
 * in the folder, and read so many times; prints a line a round: records/s, JSON bytes a record.
 */
final class ReadRecords {
    private static final int LINE = 120;

    private ReadRecords() {}

    public static void main(String[] arguments) {
        Path folder = Path.of(arguments[0]);
        int batches = Integer.parseInt(arguments[1]);
        int lines = Integer.parseInt(arguments[2]);
        String guid = UUID.randomUUID().toString();
        try (RunRecord record = RunRecord.create(folder, guid)) {
            for (int batch = 1; batch <= batches; batch++) {
                fill(record, "%04d".formatted(batch), lines);
            }
            for (int round = 0; round < Integer.parseInt(arguments[3]); round++) {
                read(record, (long) batches * lines);
            }
        }
    }

    private static void fill(RunRecord record, String batch, int lines) {
        StringBuilder text = new StringBuilder();
        long offset = 0;
        for (int line = 0; line < lines; line++) {
            String begin = "%010d a line of a task that says something: ".formatted(line);
            text.append(begin).append("x".repeat(LINE - 1 - begin.length())).append('\n');
            if (text.length() > 64 << 10 || line == lines - 1) {
                byte[] bytes = text.toString().getBytes(UTF_8);
                record.append(
                        new Frame(
                                record.guid(),
                                batch,
                                "worker-1",
                                Stream.OUTPUT,
                                offset,
                                bytes,
                                Instant.now()));
                offset += bytes.length;
                text.setLength(0);
            }
        }
    }

    private static void read(RunRecord record, long lines) {
        Map<RecordStream, Long> ends = new HashMap<>();
        long count = 0;
        long bytes = 0;
        long begin = System.nanoTime();
        try (LogDocumentReader reader =
                new LogDocumentReader(record, Redaction.defaults(), Map.of())) {
            LogDocuments records = reader.next(5000, 5 << 20);
            while (!records.records().isEmpty()) {
                count += records.records().size();
                bytes += records.records().stream().mapToLong(one -> one.json().length).sum();
                ends.putAll(records.ends());
                records = reader.next(5000, 5 << 20);
            }
        }
        double seconds = (System.nanoTime() - begin) / 1e9;
        if (count != lines) {
            throw new IllegalStateException(count + " records of " + lines + " lines");
        }
        System.out.printf("%.0f %.0f%n", count / seconds, (double) bytes / count);
    }
}
