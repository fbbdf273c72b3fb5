package org.jetfanout.run;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.pack.BatchMessage;
import org.jetfanout.pack.Bundles;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.record.BatchState;
import org.jetfanout.record.FileNames;
import org.jetfanout.record.RunFile;
import org.jetfanout.record.RunRecord;
import org.jetfanout.site.workers.Worker;

/**
 * Makes a run record of the estate of a run whose owner died, such that {@code resume} continues
 * it: without results and output, which come again from the workers. A batch that has ended, or
 * that the dead machine itself had, is never started again. For one thread.
 */
public final class InheritedRun {
    /** What the user is told of files with these names: their content replaces that of the file. */
    private static final Set<String> CHANGING =
            RunEstate.CHANGING.stream().map(RunFile::path).collect(Collectors.toUnmodifiableSet());

    private static final String FILE_SINK = "file";
    private static final String STDOUT_SINK = "stdout";

    private final Path folder;
    private final BrokerRequest broker;

    // Mutable state
    private final Map<String, String> begun = new TreeMap<>();
    private final Set<String> ended = new TreeSet<>();
    private final List<String> missing = new ArrayList<>();

    /**
     * @param folder with the unpacked estate; its name is the GUID
     * @param broker as this machine knows it
     */
    public InheritedRun(Path folder, BrokerRequest broker) {
        this.folder = folder;
        this.broker = broker;
    }

    /**
     * Makes the record.
     *
     * @param changes what happened after the estate was packed
     * @param term of the new owner
     * @param to where the record will be
     */
    public void make(Map<String, byte[]> changes, long term, Path to) throws IOException {
        read(changes);
        PrivateFiles.remove(folder.resolve(RunEstate.BEGUN));
        PrivateFiles.remove(folder.resolve(RunEstate.ENDED));
        Files.createDirectories(RunFile.OUTPUT.in(folder), PrivateFiles.FOLDER);
        try (RunRecord record = RunRecord.at(folder)) {
            record.own();
            RunRequest request = request(record, to);
            Files.delete(record.file(RunFile.REQUEST));
            record.storeRequest(request.toRecord());
            record.raiseTerm(term);
            record.storeInherited(term);
            batches(record, false);
            record.sync();
        } catch (ConfigurationException e) {
            throw new IOException(e.getMessage(), e);
        }
        Files.deleteIfExists(RunFile.OWNER.in(folder));
        Files.move(folder, to, StandardCopyOption.ATOMIC_MOVE);
    }

    /**
     * Brings a record that is here already to where the run is: its owner was another instance
     * meanwhile. Results and output that are here stay.
     *
     * @param changes what happened after the estate was packed
     * @param term of the new owner
     * @param to the record
     */
    public void refresh(Map<String, byte[]> changes, long term, Path to) throws IOException {
        read(changes);
        try (RunRecord record = RunRecord.at(to)) {
            record.own();
            for (RunFile file : RunEstate.CHANGING) {
                replace(file.in(folder), record.file(file));
            }
            Path bundles = record.file(RunFile.BUNDLES);
            for (Path file : files(RunFile.BUNDLES.in(folder))) {
                // another worker may have the batch
                if (file.getFileName().toString().endsWith(".json")) {
                    replace(file, bundles.resolve(file.getFileName()));
                }
            }
            record.raiseTerm(term);
            batches(record, true);
            record.sync();
        } catch (ConfigurationException e) {
            throw new IOException(e.getMessage(), e);
        }
    }

    private static void replace(Path from, Path to) throws IOException {
        if (Files.exists(from)) {
            byte[] content = Files.readAllBytes(from);
            PrivateFiles.replace(to, true, out -> out.write(content));
        }
    }

    private void read(Map<String, byte[]> changes) throws IOException {
        for (Map.Entry<String, byte[]> change : changes.entrySet()) {
            apply(change.getKey(), change.getValue());
        }
        for (Path file : files(folder.resolve(RunEstate.BEGUN))) {
            begun.putIfAbsent(file.getFileName().toString(), Files.readString(file));
        }
        for (Path file : files(folder.resolve(RunEstate.ENDED))) {
            ended.add(file.getFileName().toString());
        }
    }

    private static List<Path> files(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> all = Files.list(folder)) {
            return all.toList();
        }
    }

    private void apply(String path, byte[] content) throws IOException {
        String name = path.substring(path.indexOf('/') + 1);
        if (path.equals(RunEstate.BEGUN + name)) {
            begun.put(name, new String(content, StandardCharsets.UTF_8));
        } else if (path.equals(RunEstate.ENDED + name)) {
            ended.add(name);
        } else if (CHANGING.contains(path)
                || (path.equals(RunFile.BUNDLES.path() + "/" + name) && FileNames.isSafe(name))) {
            PrivateFiles.replace(folder.resolve(path), false, out -> out.write(content));
        }
    }

    /** The request with what this machine has in the place of what only the other one had. */
    private RunRequest request(RunRecord record, Path to) throws IOException {
        RunRequest stored =
                RunRequest.fromRecord(
                        record.request()
                                .orElseThrow(() -> new IOException("the estate has no request")));
        Path settings = folder.resolve(RunEstate.SINKS);
        if (!Files.exists(settings)) {
            Files.createDirectories(settings.getParent(), PrivateFiles.FOLDER);
            PrivateFiles.create(settings).close();
        }
        RunRequest here = stored.elsewhere(folder.resolve(RunEstate.SITE), broker, true);
        boolean sinks = !stored.sinks().names().isEmpty();
        if (sinks) {
            if (stored.sinks().names().contains(FILE_SINK)) {
                missing.add("what its sink file has written there");
            }
            if (stored.sinks().names().contains(STDOUT_SINK)) {
                missing.add("its standard output: the sink stdout prints to background.log");
            }
            try {
                SinkCheck.of(here.sinks(), here.routes(), System.getenv());
            } catch (ConfigurationException e) {
                sinks = false;
                missing.add("its sinks get nothing more (" + e.getMessage() + ")");
            }
        }
        if (stored.sinks().metrics().isPresent()) {
            missing.add("its metrics are not served");
        }
        return stored.elsewhere(to.resolve(RunEstate.SITE), broker, sinks);
    }

    /**
     * @param here whether the run was on this machine before
     */
    private void batches(RunRecord record, boolean here) throws IOException {
        Bundles bundles = new Bundles(record.file(RunFile.BUNDLES));
        Plan plan = record.plan().orElseThrow(() -> new IOException("the estate has no plan"));
        if (!plan.guid().equals(record.guid()) || !bundles.isPacked()) {
            throw new IOException("the estate is not that of run " + record.guid());
        }
        int local = 0;
        Set<String> payloads = new TreeSet<>();
        for (Batch planned : plan.batches()) {
            BatchMessage message = bundles.message(planned.id());
            Worker worker = message.batch().worker();
            if (here && record.hasResult(planned.id())) {
                continue;
            }
            boolean ours = !here && worker.equals(Worker.CONTROL_MACHINE);
            local += ours && !ended.contains(planned.id()) ? 1 : 0;
            if (ours || ended.contains(planned.id())) {
                bundles.keepFromStarting(planned.id());
            } else if (message.payload() != null
                    && message.payload().change().isPresent()
                    && !begun.containsKey(planned.id())) {
                payloads.add(message.payload().source().toString());
            }
            if (begun.containsKey(planned.id())) {
                record.storeState(
                        planned.id(),
                        worker.name(),
                        BatchState.CONNECTING,
                        "before the run was taken over",
                        time(begun.get(planned.id())));
            }
        }
        if (local > 0) {
            missing.add(
                    "%d %s of the other machine itself"
                            .formatted(local, local == 1 ? "batch" : "batches"));
        }
        payloads.forEach(file -> missing.add("the file " + file + " for hosts not begun"));
    }

    private static Instant time(String text) {
        try {
            return Instant.parse(text);
        } catch (DateTimeParseException e) {
            return Instant.now();
        }
    }

    /** What stays on the other machine, besides files that sinks wrote there. */
    public List<String> missing() {
        return List.copyOf(missing);
    }
}
