package org.jetfanout.record;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.BufferedInputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Clock;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.machine.ProcessLimits;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;

/**
 * What the control machine keeps of a run: a folder of files that only grow, readable with plain
 * tools. Files have mode 0600, folders 0700. Only the owner writes ({@link #create} makes a record,
 * {@link #own} takes over an interrupted run); anybody may read at any time. Thread-safe; batches
 * do not wait for each other.
 *
 * <ul>
 *   <li>{@code run.json}: GUID and time of creation
 *   <li>{@code owner}: process id of the last owner, locked as long as that lives
 *   <li>{@code request.json}: what was asked for
 *   <li>{@code plan.json}: {@link PlanJson}
 *   <li>{@code states.ndjson}: every change of a batch's state
 *   <li>{@code results.ndjson}: one line a host, and {@code batches.ndjson}: one line an ended
 *       batch, which says where in {@code results.ndjson} its hosts are ({@code resultsFrom},
 *       {@code resultsTo}, in bytes). Where a batch has several lines the last one counts
 *   <li>{@code tallies.json}: counts of the batches that run, as of a moment ago
 *   <li>{@code signatures.ndjson}: what the forwarded agent was asked to sign
 *   <li>{@code output/<batch>.log}, {@code output/<batch>.events.ndjson}: the worker's bytes,
 *       exactly; {@code output/<batch>.times.ndjson}: when they came
 *   <li>{@code summary.json}: the final status, in the shape of {@code status --json}
 *   <li>{@code sinks/<sink>/}: {@link SinkFolder}
 * </ul>
 *
 * <p>Every method fails with a {@link RecordException} where the disk does.
 */
public final class RunRecord implements Closeable {
    /** Begins the names of records that are being removed: no GUID begins so. */
    private static final String REMOVED = ".removed-";

    private static final String WORKERS = "workers.json";

    private final Path folder;
    private final String guid;
    private final Clock clock;
    private final Ndjson states;
    private final ResultRows results;
    private final Ndjson signatures;
    private final OutputFiles output;

    // Mutable state
    private volatile Owner owner;

    private RunRecord(Path folder, Clock clock) {
        this.folder = folder;
        this.guid = folder.getFileName().toString();
        this.clock = clock;
        this.states = new Ndjson(folder.resolve("states.ndjson"));
        this.results = new ResultRows(guid, folder);
        this.signatures = new Ndjson(folder.resolve("signatures.ndjson"));
        this.output = new OutputFiles(folder.resolve("output"), new ProcessLimits().openBatches());
    }

    /** A new record, owned by this process. Fails where the GUID has one already. */
    public static RunRecord create(Path runsFolder, String guid) {
        return create(runsFolder, guid, Clock.systemUTC());
    }

    public static RunRecord create(Path runsFolder, String guid, Clock clock) {
        if (!FileNames.isSafe(guid) || guid.equals("last")) {
            throw new ConfigurationException("'" + guid + "' is not a valid GUID of a run");
        }
        Path folder = runsFolder.resolve(guid);
        try {
            Files.createDirectories(runsFolder, PrivateFiles.FOLDER);
            Files.createDirectory(folder, PrivateFiles.FOLDER);
            Files.createDirectory(folder.resolve("output"), PrivateFiles.FOLDER);
        } catch (FileAlreadyExistsException e) {
            throw new ConfigurationException(
                    folder.toString().equals(e.getFile())
                            ? "run " + guid + " already exists: " + folder
                            : e.getFile()
                                    + " is not a folder: jet-fanout stores the run records there");
        } catch (IOException e) {
            throw RecordException.writing(folder, e);
        }
        RunRecord record = new RunRecord(folder, clock);
        record.own();
        RecordFiles.replace(
                folder.resolve("run.json"),
                true,
                out ->
                        Json.line(
                                out,
                                json -> {
                                    json.writeStartObject();
                                    json.writeStringField("guid", guid);
                                    json.writeStringField("created", clock.instant().toString());
                                    json.writeEndObject();
                                }));
        RecordFiles.syncFolder(runsFolder);
        return record;
    }

    /** The record in a folder, to read; {@link #own} before writing. */
    public static RunRecord at(Path folder) {
        return new RunRecord(folder, Clock.systemUTC());
    }

    public String guid() {
        return guid;
    }

    public Path folder() {
        return folder;
    }

    /** When the run was created. */
    public Instant created() {
        return creation(folder);
    }

    /** When the run of a folder was created. */
    public static Instant creation(Path folder) {
        try (JsonParser json =
                Json.MAPPER.createParser(Files.readAllBytes(folder.resolve("run.json")))) {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                json.nextToken();
                if (name.equals("created")) {
                    return Instant.parse(json.getText());
                }
                json.skipChildren();
            }
        } catch (IOException | DateTimeParseException e) {
            // stopped in the middle of its creation
        }
        return Instant.ofEpochMilli(folder.toFile().lastModified());
    }

    /** Takes over the run, to write; fails where another process works on it. */
    public synchronized void own() {
        if (owner == null) {
            owner =
                    Owner.take(folder)
                            .orElseThrow(
                                    () ->
                                            new ConfigurationException(
                                                    "run "
                                                            + guid
                                                            + " is in use by process "
                                                            + Owner.pid(folder)
                                                                    .map(String::valueOf)
                                                                    .orElse("(unknown)")));
            results.readKnown();
        }
    }

    /** Whether some process, this or another, works on the run. */
    public boolean isOwned() {
        return owner != null || Owner.exists(folder);
    }

    /** Whether another process works on the run. */
    boolean isOwnedElsewhere() {
        return owner == null && Owner.exists(folder);
    }

    /** Process id of the last process that worked on the run. */
    public Optional<Long> ownerPid() {
        return Owner.pid(folder);
    }

    /**
     * Stores what was asked for; once.
     *
     * @param request maps, lists, strings, numbers, or a record of such; no secrets
     */
    public synchronized void storeRequest(Object request) {
        checkOwner();
        Path file = folder.resolve("request.json");
        if (Files.exists(file)) {
            throw new IllegalStateException("run " + guid + " already has its request");
        }
        byte[] bytes;
        try {
            bytes = Json.MAPPER.writerWithDefaultPrettyPrinter().writeValueAsBytes(request);
        } catch (IOException e) {
            throw new IllegalArgumentException("no JSON: " + e.getMessage(), e);
        }
        RecordFiles.replace(
                file,
                true,
                out -> {
                    out.write(bytes);
                    out.write('\n');
                });
    }

    /** What was asked for; empty where the run did not come so far. */
    public Optional<JsonNode> request() {
        return document("request.json");
    }

    /** Stores who may configure something: the workers of each worker group. */
    public synchronized void storeWorkers(Map<String, List<Worker>> groups) {
        checkOwner();
        RecordFiles.replace(
                folder.resolve(WORKERS),
                true,
                out -> {
                    out.write(Json.MAPPER.writeValueAsBytes(new TreeMap<>(groups)));
                    out.write('\n');
                });
    }

    /** The workers of each worker group; none where the run did not come so far. */
    public Map<String, List<Worker>> workers() {
        Path file = folder.resolve(WORKERS);
        try {
            return Json.MAPPER.readValue(Files.readAllBytes(file), new TypeReference<>() {});
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }

    /** Stores the plan, without the runner's command lines. */
    public void storePlan(Plan plan) {
        storePlan(plan, batch -> List.of());
    }

    /**
     * Stores the plan, in place of an earlier one.
     *
     * @param command the words of the runner's command line for a batch; no secrets
     */
    public synchronized void storePlan(Plan plan, Function<Batch, List<String>> command) {
        checkOwner();
        RecordFiles.replace(
                folder.resolve("plan.json"), true, out -> PlanJson.write(plan, command, out));
    }

    /** The plan; empty where the run did not come so far. */
    public Optional<Plan> plan() {
        Path file = folder.resolve("plan.json");
        try (InputStream in = new BufferedInputStream(Files.newInputStream(file), 1 << 16)) {
            return Optional.of(PlanJson.read(in));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }

    /**
     * A batch changed its state. For the last change call {@link #storeResult} instead, which does
     * this too. On the disk after the next {@link #storeResult} or {@link #sync}.
     *
     * @param detail why, in one line; may be empty
     */
    public void storeState(String batch, String worker, BatchState state, String detail) {
        checkOwner();
        states.append(
                json -> {
                    json.writeStartObject();
                    json.writeStringField("time", clock.instant().toString());
                    json.writeStringField("guid", guid);
                    json.writeStringField("batch", batch);
                    json.writeStringField("worker", worker);
                    json.writeStringField("state", state.word());
                    json.writeStringField("detail", detail);
                    json.writeEndObject();
                });
    }

    /**
     * Stores a frame at the end of its stream. Bytes that are stored already are dropped; a gap is
     * an {@link IllegalArgumentException}. On the disk after {@link #storeResult} or {@link #sync}.
     *
     * @return what was new of the frame, for those who read on from here; may be without bytes
     */
    public Frame append(Frame frame) {
        checkOwner();
        if (!frame.guid().equals(guid)) {
            throw new IllegalArgumentException(
                    "a frame of run " + frame.guid() + " in the record of " + guid);
        }
        return output.append(frame);
    }

    /** How many bytes of a stream are stored: where to read on from on the worker. */
    public long stored(String batch, Stream stream) {
        return output.stored(FileNames.checked(batch), stream);
    }

    /** The file with a stream's bytes; need not exist. */
    public Path outputFile(String batch, Stream stream) {
        return BatchOutput.file(folder.resolve("output"), FileNames.checked(batch), stream);
    }

    /** The file that says when a batch's bytes came; need not exist. */
    public Path timesFile(String batch) {
        return BatchOutput.timesFile(folder.resolve("output"), FileNames.checked(batch));
    }

    /**
     * Stores how a batch ended: its hosts' results, its state, and everything of it on the disk.
     * When this returns the batch may be acknowledged. Where a batch has a result already, the new
     * one counts.
     */
    public void storeResult(BatchResult result) {
        checkOwner();
        output.end(FileNames.checked(result.batch()));
        results.append(result);
        storeState(result.batch(), result.worker(), result.state(), result.reason());
    }

    /** Whether a batch has its result: it need not, and must not, be run again. For the owner. */
    public boolean hasResult(String batch) {
        return results.has(batch);
    }

    /**
     * Whether a batch was given up while its worker may still have its job: its result is only the
     * last one so far. For the owner.
     */
    public boolean isResumable(String batch) {
        return results.isResumable(batch);
    }

    /** A run that has ended goes on: it has no final status any more. */
    public synchronized void reopen() {
        checkOwner();
        Path file = folder.resolve("summary.json");
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** The results that are stored, without the broken lines of an interrupted write. */
    public StoredResults results() {
        return results.read();
    }

    /**
     * Hands on the lines of {@code states.ndjson}, {@code {time, guid, batch, worker, state,
     * detail}}, in order.
     *
     * @return how many lines were skipped because they are broken
     */
    public int states(Consumer<JsonNode> to) {
        return states.read(to);
    }

    /**
     * The forwarded agent was asked to sign.
     *
     * @param worker who asked
     * @param fingerprint of the key
     * @param login name of the login that is signed for
     * @param hostKey fingerprint of the host's key, where it is known; may be empty
     * @param allowed whether it was signed
     */
    public void storeSignature(
            String worker,
            String fingerprint,
            String login,
            String hostKey,
            boolean allowed,
            Instant time) {
        checkOwner();
        signatures.append(
                json -> {
                    json.writeStartObject();
                    json.writeStringField("time", time.toString());
                    json.writeStringField("guid", guid);
                    json.writeStringField("worker", worker);
                    json.writeStringField("fingerprint", fingerprint);
                    json.writeStringField("login", login);
                    json.writeStringField("hostKey", hostKey);
                    json.writeBooleanField("allowed", allowed);
                    json.writeEndObject();
                });
    }

    /** Hands on the lines of {@code signatures.ndjson}; returns how many are broken. */
    public int signatures(Consumer<JsonNode> to) {
        return signatures.read(to);
    }

    /** What is kept of the sinks that the run is shipped to. */
    public SinkFolders sinks() {
        return new SinkFolders(this);
    }

    /**
     * Stores the counts of the batches that run, for those who ask from another process; about once
     * a second is enough. Not durable.
     */
    public synchronized void storeTallies(Map<String, Counts> tallies) {
        checkOwner();
        RecordFiles.replace(
                folder.resolve("tallies.json"),
                false,
                out ->
                        Json.line(
                                out,
                                json -> {
                                    json.writeStartObject();
                                    for (Map.Entry<String, Counts> tally :
                                            new TreeMap<>(tallies).entrySet()) {
                                        json.writeObjectFieldStart(tally.getKey());
                                        tally.getValue().write(json);
                                        json.writeEndObject();
                                    }
                                    json.writeEndObject();
                                }));
    }

    /** The counts that were stored last. */
    public Map<String, Counts> tallies() {
        Map<String, Counts> tallies = new TreeMap<>();
        document("tallies.json")
                .ifPresent(
                        all ->
                                all.properties()
                                        .forEach(
                                                tally ->
                                                        Counts.read(tally.getValue())
                                                                .ifPresent(
                                                                        counts ->
                                                                                tallies.put(
                                                                                        tally
                                                                                                .getKey(),
                                                                                        counts))));
        return tallies;
    }

    /**
     * Stores the final status.
     *
     * @param status writes it, a line of JSON
     */
    public synchronized void storeSummary(PrivateFiles.Content status) {
        checkOwner();
        RecordFiles.replace(folder.resolve("summary.json"), true, status);
    }

    /** The final status as it was stored; empty where the run did not come so far. */
    public Optional<JsonNode> summary() {
        return document("summary.json");
    }

    /** The exit code of the final status, where there is one. */
    public OptionalInt exitCode() {
        return summary()
                .map(summary -> summary.path("exitCode"))
                .filter(JsonNode::isInt)
                .map(code -> OptionalInt.of(code.intValue()))
                .orElse(OptionalInt.empty());
    }

    /** Returns when everything stored so far is on the disk. */
    public void sync() {
        output.sync();
        results.sync();
        states.sync();
        signatures.sync();
        RecordFiles.syncFolder(folder);
    }

    /**
     * Removes the record and closes it; for the owner. Nobody finds it any more from the first
     * moment on; what an interruption leaves of it goes with the next {@link #sweep}.
     */
    public synchronized void remove() {
        checkOwner();
        Path gone = folder.resolveSibling(REMOVED + guid);
        try {
            Files.move(folder, gone, StandardCopyOption.ATOMIC_MOVE);
            PrivateFiles.remove(gone);
        } catch (IOException e) {
            throw RecordException.writing(folder, e);
        } finally {
            close();
        }
    }

    /** Removes what is left of records whose removal was interrupted. */
    public static void sweep(Path runsFolder) {
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runsFolder, REMOVED + "*")) {
            for (Path folder : folders) {
                PrivateFiles.remove(folder);
            }
        } catch (NoSuchFileException e) {
            // no runs yet, or another one sweeps
        } catch (IOException e) {
            throw RecordException.writing(runsFolder, e);
        }
    }

    /** Closes all files, and gives up the run where this process owned it. */
    @Override
    public synchronized void close() {
        output.close();
        results.close();
        states.close();
        signatures.close();
        if (owner != null) {
            owner.close();
            owner = null;
        }
    }

    /** Fails where this process may only read. */
    void checkOwner() {
        if (owner == null) {
            throw new IllegalStateException(
                    "run " + guid + " is open for reading only: call" + " own() first");
        }
    }

    private Optional<JsonNode> document(String name) {
        Path file = folder.resolve(name);
        try {
            return Optional.of(Json.MAPPER.readTree(Files.readAllBytes(file)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.reading(file, e);
        }
    }
}
