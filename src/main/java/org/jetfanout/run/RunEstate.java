package org.jetfanout.run;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jetfanout.bundle.Archive;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.sink.SinkConfig;
import org.jetfanout.status.RunStatus;

/**
 * What of a run's record another machine needs to go on with the run. Output, results and logs stay
 * behind: the workers still have what they said. Immutable.
 */
final class RunEstate {
    /** Below this: when each batch was begun. */
    static final String BEGUN = "begun/";

    /** Below this: the batches whose jobs have ended, and which are not started again. */
    static final String ENDED = "ended/";

    /** Below this: files of the user that a resumed run needs. */
    static final String SITE = "site";

    private static final String ROUTES = SITE + "/routes";

    /** Settings of the user's sinks. */
    static final String SINKS = SITE + "/sinks.properties";

    /** Files of the record, as far as they are there. */
    private static final List<RunFile> FILES =
            List.of(
                    RunFile.RUN,
                    RunFile.TERM,
                    RunFile.REQUEST,
                    RunFile.PLAN,
                    RunFile.WORKERS,
                    RunFile.ROLLOUT,
                    RunFile.PLAYS,
                    RunFile.GATE);

    /** Those of them that change while the run goes on. */
    static final List<RunFile> CHANGING = List.of(RunFile.ROLLOUT, RunFile.PLAYS, RunFile.GATE);

    private final RunRecord record;
    private final RunRequest request;

    RunEstate(RunRecord record, RunRequest request) {
        this.record = record;
        this.request = request;
    }

    /** Writes all of it, as it is now. */
    void write(OutputStream out) throws IOException {
        Archive archive = new Archive(out);
        for (RunFile file : FILES) {
            add(archive, file.path(), record.file(file));
        }
        addFolder(archive, RunFile.BUNDLES.path(), record.file(RunFile.BUNDLES));
        if (request.routes().isPresent()) {
            addFolder(archive, ROUTES, request.routes().get());
        }
        Path sinks = request.sinks().config().orElseGet(() -> SinkConfig.usual(System.getenv()));
        if (!request.sinks().names().isEmpty() && Files.isRegularFile(sinks)) {
            add(archive, SINKS, sinks);
        }
        for (var begun : new TreeMap<>(RunStatus.startTimes(record)).entrySet()) {
            archive.file(BEGUN + begun.getKey(), text(begun.getValue().toString()));
        }
        for (String batch : record.results().batches()) {
            if (record.results().batch(batch).filter(b -> hasJob(b.state())).isPresent()) {
                archive.file(ENDED + batch, new byte[0]);
            }
        }
        archive.endArchive();
    }

    /** Whether a batch that ended so may have a job on its worker. */
    static boolean hasJob(BatchState state) {
        return state != BatchState.NOT_STARTED && state != BatchState.REFUSED;
    }

    static byte[] text(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    private static void add(Archive archive, String path, Path file) throws IOException {
        if (Files.isRegularFile(file)) {
            archive.file(path, file, Files.isExecutable(file));
        }
    }

    private static void addFolder(Archive archive, String path, Path folder) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.walk(folder)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            // what is being written has a name like that, and is there soon under its own
            if (!file.getFileName().toString().endsWith(".next")) {
                add(archive, path + "/" + folder.relativize(file), file);
            }
        }
    }
}
