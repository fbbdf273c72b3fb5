package org.jetfanout.record;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** The folder {@code sinks/} of a run record: one folder for each sink of the run. Thread-safe. */
public final class SinkFolders {
    private final RunRecord record;
    private final Owner owner;

    SinkFolders(RunRecord record, Owner owner) {
        this.record = record;
        this.owner = owner;
    }

    /**
     * What is kept of a sink, to go on from; for the owner. Whoever calls this closes it.
     *
     * @param sink its name
     */
    public SinkFolder open(String sink) {
        owner.require();
        return new SinkFolder(record.folder(), sink);
    }

    /** Names of the sinks that the run was shipped to, or was meant to be, in order. */
    public List<String> names() {
        Path sinks = record.folder().resolve("sinks");
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(sinks, Files::isDirectory)) {
            List<String> names = new ArrayList<>();
            for (Path sink : folders) {
                String name = sink.getFileName().toString();
                if (FileNames.isSafe(name)) {
                    names.add(name);
                }
            }
            names.sort(null);
            return names;
        } catch (NoSuchFileException e) {
            return List.of();
        } catch (IOException e) {
            throw RecordException.reading(sinks, e);
        }
    }

    /** How far each stream is delivered to a sink, as it was stored last. */
    public Map<RecordStream, Long> positions(String sink) {
        return SinkFolder.positions(SinkFolder.folder(record.folder(), sink));
    }

    /** How the shipping to each of them stands. */
    public List<SinkStatus> statuses() {
        boolean shippedElsewhere = owner.isElsewhere();
        List<SinkStatus> all = new ArrayList<>();
        for (String sink : names()) {
            SinkStatus stored = SinkFolder.status(SinkFolder.folder(record.folder(), sink), sink);
            // nobody else counts, and whoever did may have ended at any moment
            all.add(
                    shippedElsewhere
                            ? stored
                            : stored.withBacklog(Backlog.of(record, positions(sink))));
        }
        return all;
    }
}
