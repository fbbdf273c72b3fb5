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
     * Opens the folder of a sink to continue its work. Only the owner of the run may do so. The
     * caller closes it.
     *
     * @param sink its name
     */
    public SinkFolder open(String sink) {
        owner.require();
        return new SinkFolder(record.folder(), sink);
    }

    /** The names of the sinks that the run was or will be shipped to, in order. */
    public List<String> names() {
        Path sinks = record.file(RunFile.SINKS);
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

    /** The stored position of a sink in each stream. */
    public Map<RecordStream, Long> positions(String sink) {
        return SinkFolder.positions(SinkFolder.folder(record.folder(), sink));
    }

    /** The status of each sink. */
    public List<SinkStatus> statuses() {
        boolean shippedElsewhere = owner.isElsewhere();
        List<SinkStatus> all = new ArrayList<>();
        for (String sink : names()) {
            SinkStatus stored = SinkFolder.status(SinkFolder.folder(record.folder(), sink), sink);
            // no other process counts, and the process that counted may have ended at any moment
            all.add(
                    shippedElsewhere
                            ? stored
                            : stored.withBacklog(Backlog.of(record, positions(sink))));
        }
        return all;
    }
}
