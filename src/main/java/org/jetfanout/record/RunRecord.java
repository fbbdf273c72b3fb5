package org.jetfanout.record;

import static java.nio.charset.StandardCharsets.US_ASCII;

import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.JsonNode;
import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.machine.ProcessLimits;
import org.jetfanout.plan.Batch;
import org.jetfanout.plan.Plan;
import org.jetfanout.runner.OutcomesSoFar;
import org.jetfanout.runner.Stream;
import org.jetfanout.site.workers.Worker;

/**
 * What the control machine keeps of a run: a folder of files that only grow, readable with plain
 * tools. Files have mode 0600, folders 0700. Only the owner writes ({@link #create} makes a record,
 * {@link #own} takes over an interrupted run); anyone may read at any time. Thread-safe; batches do
 * not wait for each other. {@link RunFile} names the files.
 *
 * <p>Every method fails with a {@link RecordException} where the disk does.
 */
public final class RunRecord implements Closeable {
    private static final int MOST_DIGITS = 32;

    private final RunFolder folder;
    private final String guid;
    private final Clock clock;
    private final Owner owner;
    private final Ndjson states;
    private final ResultRows results;
    private final Ndjson signatures;
    private final OutputFiles output;

    // Mutable state
    private Fence fence;

    private RunRecord(RunFolder folder, Clock clock) {
        this.folder = folder;
        this.guid = folder.guid();
        this.clock = clock;
        this.owner = new Owner(folder.path());
        this.states = new Ndjson(file(RunFile.STATES));
        this.results = new ResultRows(guid, folder.path());
        this.signatures = new Ndjson(file(RunFile.SIGNATURES));
        this.output =
                new OutputFiles(file(RunFile.OUTPUT), () -> new ProcessLimits().openBatches());
    }

    /** Creates a record, owned by this process. Fails where the GUID has one already. */
    public static RunRecord create(Path runsFolder, String guid) {
        return create(runsFolder, guid, Clock.systemUTC());
    }

    public static RunRecord create(Path runsFolder, String guid, Clock clock) {
        RunRecord record = new RunRecord(RunFolder.make(runsFolder, guid), clock);
        record.own();
        record.folder.storeCreation(clock.instant());
        return record;
    }

    /** Opens the record in a folder for reading. Whoever writes to it calls {@link #own} first. */
    public static RunRecord at(Path folder) {
        return new RunRecord(new RunFolder(folder), Clock.systemUTC());
    }

    public String guid() {
        return guid;
    }

    public Path folder() {
        return folder.path();
    }

    /** Where a file of this record is. It need not exist. */
    public Path file(RunFile file) {
        return file.in(folder.path());
    }

    /** When the run was created. */
    public Instant created() {
        return folder.created();
    }

    /** Becomes the owner of the run, to write. Fails where another process works on it. */
    public synchronized void own() {
        if (!owner.isThis()) {
            owner.take();
            results.readKnown();
        }
    }

    /** The term of the run's last owner: a later owner has a higher one. The first one has 1. */
    public long term() {
        return number(RunFile.TERM).orElse(1);
    }

    /**
     * Becomes an owner with this term, which must be higher than that of all owners before. It is
     * on the disk when this returns. The run is not taken over any more.
     */
    public synchronized void raiseTerm(long to) {
        owner.require();
        if (to <= term() || to > Fence.HIGHEST) {
            throw new IllegalArgumentException("term " + to + " after " + term());
        }
        storeNumber(RunFile.TERM, to);
        fence = null;
        Path mark = file(RunFile.TAKEN_OVER);
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw RecordException.writing(mark, e);
        }
    }

    /**
     * The term for a process that resumes the run. It is higher than each that this record knows,
     * and follows the clock: so two processes that resume copies of a record do not have the same.
     */
    public long nextTerm() {
        long known = Math.max(term(), takenOver().orElse(0));
        return Math.max(known + 1, clock.millis());
    }

    /** What this record's owner shows to workers. */
    public synchronized Fence fence() {
        if (fence == null) {
            fence = new Fence(guid, term(), folder.secret());
        }
        return fence;
    }

    /** Stores that an owner elsewhere has the run now: nothing more is known of it here. */
    public synchronized void storeTakenOver(long term) {
        owner.require();
        storeNumber(RunFile.TAKEN_OVER, term);
    }

    /** The term of the owner elsewhere that has taken the run over; empty if there is none. */
    public OptionalLong takenOver() {
        return number(RunFile.TAKEN_OVER);
    }

    /** Stores that this record was made when the run was taken over, by an owner with this term. */
    public synchronized void storeInherited(long term) {
        owner.require();
        storeNumber(RunFile.INHERITED, term);
    }

    /** The term of the owner who made this record when the run was taken over; else empty. */
    public OptionalLong inherited() {
        return number(RunFile.INHERITED);
    }

    /** Stores whether the broker still has to be told that the run has ended. */
    public synchronized void storeStillAnnounced(boolean so) {
        owner.require();
        Path mark = file(RunFile.STILL_ANNOUNCED);
        if (so) {
            RecordFiles.replace(mark, true, out -> {});
            return;
        }
        try {
            Files.deleteIfExists(mark);
        } catch (IOException e) {
            throw RecordException.writing(mark, e);
        }
    }

    /** Whether the broker still has to be told that the run has ended. */
    public boolean isStillAnnounced() {
        return Files.exists(file(RunFile.STILL_ANNOUNCED));
    }

    private void storeNumber(RunFile file, long number) {
        RecordFiles.replace(file(file), true, out -> out.write((number + "\n").getBytes(US_ASCII)));
    }

    private OptionalLong number(RunFile file) {
        return RecordFiles.read(
                        file(file),
                        in -> {
                            String text = new String(in.readNBytes(MOST_DIGITS), US_ASCII).strip();
                            if (!text.matches("[1-9]\\d{0,14}")) {
                                throw new IOException("it does not hold a number");
                            }
                            return OptionalLong.of(Long.parseLong(text));
                        })
                .orElse(OptionalLong.empty());
    }

    /** Whether some process, this or another, works on the run. */
    public boolean isOwned() {
        return owner.exists();
    }

    /** The process id of the last process that worked on the run. */
    public Optional<Long> ownerPid() {
        return owner.pid();
    }

    /**
     * Stores the request, once.
     *
     * @param request maps, lists, strings, numbers, or a record of these; no secrets
     */
    public synchronized void storeRequest(Object request) {
        owner.require();
        Path file = file(RunFile.REQUEST);
        if (Files.exists(file)) {
            throw new IllegalStateException("run " + guid + " already has its request");
        }
        byte[] bytes;
        try {
            bytes = Json.mapper().writerWithDefaultPrettyPrinter().writeValueAsBytes(request);
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

    /** The request; empty where the run has not come so far. */
    public Optional<JsonNode> request() {
        return document(RunFile.REQUEST);
    }

    /** Stores which workers may configure hosts: those of each worker group. */
    public synchronized void storeWorkers(Map<String, List<Worker>> groups) {
        owner.require();
        RecordFiles.replace(
                file(RunFile.WORKERS),
                true,
                out -> {
                    out.write(Json.mapper().writeValueAsBytes(new TreeMap<>(groups)));
                    out.write('\n');
                });
    }

    /** The workers of each worker group; empty where the run has not come so far. */
    public Map<String, List<Worker>> workers() {
        return RecordFiles.read(
                        file(RunFile.WORKERS),
                        in ->
                                Json.mapper()
                                        .readValue(
                                                in,
                                                new TypeReference<Map<String, List<Worker>>>() {}))
                .orElse(Map.of());
    }

    /** Stores the plan, without the runner's command lines. */
    public void storePlan(Plan plan) {
        storePlan(plan, batch -> List.of());
    }

    /**
     * Stores the plan. It replaces an earlier one.
     *
     * @param command the words of the runner's command line for a batch; no secrets
     */
    public synchronized void storePlan(Plan plan, Function<Batch, List<String>> command) {
        owner.require();
        RecordFiles.replace(file(RunFile.PLAN), true, out -> PlanJson.write(plan, command, out));
    }

    /** The plan; empty where the run has not come so far. */
    public Optional<Plan> plan() {
        return RecordFiles.read(file(RunFile.PLAN), PlanJson::read);
    }

    /** Stores how far the run has come from wave to wave. It is on the disk when this returns. */
    public synchronized void storeRollout(RolloutState state) {
        owner.require();
        RecordFiles.replace(
                file(RunFile.ROLLOUT),
                true,
                out ->
                        Json.line(
                                out,
                                json -> {
                                    json.writeStartObject();
                                    state.write(json);
                                    json.writeEndObject();
                                }));
    }

    /** How far the run has come from wave to wave; empty where it has no such rules. */
    public Optional<RolloutState> rollout() {
        return RecordFiles.read(
                file(RunFile.ROLLOUT), in -> RolloutState.read(JsonReader.document(in)));
    }

    /**
     * Stores a new state of a batch. The final state is stored by {@link #storeResult} instead. The
     * state is on the disk after the next {@link #storeResult} or {@link #sync}.
     *
     * @param detail the reason in one line; may be empty
     */
    public void storeState(String batch, String worker, BatchState state, String detail) {
        storeState(batch, worker, state, detail, clock.instant());
    }

    /** Stores a state that a batch had at another time. */
    public void storeState(
            String batch, String worker, BatchState state, String detail, Instant time) {
        owner.require();
        states.append(
                row(
                        time,
                        json -> {
                            json.writeStringField("batch", batch);
                            json.writeStringField("worker", worker);
                            json.writeStringField("state", state.word());
                            json.writeStringField("detail", detail);
                        }));
    }

    /**
     * Stores a frame at the end of its stream. Bytes that are stored already are dropped. A gap is
     * an {@link IllegalArgumentException}. The frame is on the disk after {@link #storeResult} or
     * {@link #sync}.
     *
     * @return the new part of the frame, for listeners; may have no bytes
     */
    public Frame append(Frame frame) {
        owner.require();
        if (!frame.guid().equals(guid)) {
            throw new IllegalArgumentException(
                    "a frame of run " + frame.guid() + " in the record of " + guid);
        }
        return output.append(frame);
    }

    /** How many bytes of a stream are stored. The worker's log is read on from there. */
    public long storedBytes(String batch, Stream stream) {
        return output.storedBytes(FileNames.checked(batch), stream);
    }

    /** Passes on each stream of the jobs' output that has a file, with its batch, in no order. */
    public void forEachOutput(BiConsumer<String, Stream> to) {
        output.forEachStream(to);
    }

    /** The file with a stream's bytes. It need not exist. */
    public Path outputFile(String batch, Stream stream) {
        return output.file(batch, stream);
    }

    /** The file with the times at which a batch's bytes arrived. It need not exist. */
    public Path timesFile(String batch) {
        return output.timesFile(batch);
    }

    /**
     * Stores the result of a batch: its hosts' results and its state. Everything about the batch is
     * on the disk when this returns, so the batch may be acknowledged. A new result replaces an
     * older one.
     */
    public void storeResult(BatchResult result) {
        owner.require();
        output.end(result.batch());
        results.append(result);
        storeState(result.batch(), result.worker(), result.state(), result.reason());
    }

    /**
     * Whether a batch has its result. Then it need not, and must not, run again. Only for the
     * owner.
     */
    public boolean hasResult(String batch) {
        return results.has(batch);
    }

    /**
     * Whether a batch was given up although its worker may still have its job. Its result may then
     * be replaced. Only for the owner.
     */
    public boolean isResumable(String batch) {
        return results.isResumable(batch);
    }

    /** Continues a run that has ended: it has no final status any more. */
    public synchronized void reopen() {
        owner.require();
        Path file = file(RunFile.SUMMARY);
        try {
            Files.deleteIfExists(file);
        } catch (IOException e) {
            throw RecordException.writing(file, e);
        }
    }

    /** The stored results, without lines that were written incompletely. */
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

    /** The forwarded agent was asked to sign. */
    public void storeSignature(RunEvent.Signed event) {
        owner.require();
        signatures.append(
                row(
                        event.time(),
                        json -> {
                            json.writeStringField("worker", event.worker());
                            json.writeStringField("fingerprint", event.fingerprint());
                            json.writeStringField("login", event.login());
                            json.writeStringField("hostKey", event.hostKey());
                            json.writeBooleanField("allowed", event.allowed());
                        }));
    }

    /** Hands on the lines of {@code signatures.ndjson}; returns how many are broken. */
    public int signatures(Consumer<JsonNode> to) {
        return signatures.read(to);
    }

    /** Hands on who has done what; returns how many lines are broken. See {@link People}. */
    public int people(Consumer<JsonNode> to) {
        return People.read(folder.path(), to);
    }

    /** What is kept of the sinks that the run is shipped to. */
    public SinkFolders sinks() {
        return new SinkFolders(this, owner);
    }

    /**
     * Stores the counts of the batches that run, for those who ask from another process; about once
     * a second is enough. Not durable.
     */
    public synchronized void storeTallies(Map<String, Counts> tallies) {
        storeByBatch(
                RunFile.TALLIES,
                tallies,
                (json, counts) -> {
                    json.writeStartObject();
                    counts.write(json);
                    json.writeEndObject();
                });
    }

    /** The counts that were stored last. */
    public Map<String, Counts> tallies() {
        return byBatch(RunFile.TALLIES, Counts::read);
    }

    /**
     * Stores the outcomes so far of the hosts of the batches that run, for those who ask from
     * another process. Not durable.
     */
    public synchronized void storeOutcomes(Map<String, OutcomesSoFar> outcomes) {
        storeByBatch(RunFile.OUTCOMES, outcomes, (json, told) -> json.writeString(told.letters()));
    }

    /**
     * The outcomes that were stored last, by batch. They count for batches that run: others have
     * results.
     */
    public Map<String, OutcomesSoFar> outcomes() {
        return byBatch(RunFile.OUTCOMES, told -> Optional.of(new OutcomesSoFar(told.asText())));
    }

    /** Stores how far the plays have come. Durable. */
    public synchronized void storePassed(PlaysPassed passed) {
        owner.require();
        RecordFiles.replace(
                file(RunFile.PLAYS),
                true,
                out ->
                        Json.line(
                                out,
                                json -> {
                                    json.writeStartObject();
                                    json.writeNumberField("front", passed.front());
                                    json.writeNumberField("last", passed.last());
                                    json.writeStringField("stopped", passed.stopped());
                                    json.writeEndObject();
                                }));
    }

    /** How far the plays had come that was stored last. */
    public PlaysPassed passed() {
        return document(RunFile.PLAYS)
                .map(
                        plays ->
                                new PlaysPassed(
                                        plays.path("front").asInt(1),
                                        plays.path("last").asInt(Integer.MAX_VALUE),
                                        plays.path("stopped").asText()))
                .orElse(PlaysPassed.none());
    }

    /**
     * Stores the final status.
     *
     * @param status writes it, a line of JSON
     */
    public synchronized void storeSummary(PrivateFiles.Content status) {
        owner.require();
        RecordFiles.replace(file(RunFile.SUMMARY), true, status);
    }

    /** The final status as it was stored; empty where the run did not come so far. */
    public Optional<JsonNode> summary() {
        return document(RunFile.SUMMARY);
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
        RecordFiles.syncFolder(folder.path());
    }

    /**
     * Removes the record and closes it; for the owner. Nobody finds it any more from the first
     * moment on; what an interruption leaves of it goes with the next {@link RunFolder#sweep}.
     */
    public synchronized void remove() {
        owner.require();
        try {
            folder.remove();
        } finally {
            close();
        }
    }

    /** Closes all files, and gives up the run where this process owned it. */
    @Override
    public synchronized void close() {
        output.close();
        results.close();
        states.close();
        signatures.close();
        owner.close();
    }

    /** Writes what is stored of a batch, as one value. */
    @FunctionalInterface
    private interface BatchValue<T> {
        void write(JsonGenerator json, T of) throws IOException;
    }

    /** Stores an object with a value for each batch. Not durable. */
    private <T> void storeByBatch(RunFile file, Map<String, T> values, BatchValue<T> value) {
        owner.require();
        RecordFiles.replace(
                file(file),
                false,
                out ->
                        Json.line(
                                out,
                                json -> {
                                    json.writeStartObject();
                                    for (Map.Entry<String, T> batch :
                                            new TreeMap<>(values).entrySet()) {
                                        json.writeFieldName(batch.getKey());
                                        value.write(json, batch.getValue());
                                    }
                                    json.writeEndObject();
                                }));
    }

    /**
     * The values that {@link #storeByBatch} stored last. Those that are unreadable are left out.
     */
    private <T> Map<String, T> byBatch(RunFile file, Function<JsonNode, Optional<T>> value) {
        Map<String, T> values = new TreeMap<>();
        for (Map.Entry<String, JsonNode> batch :
                document(file).map(JsonNode::properties).orElse(Set.of())) {
            value.apply(batch.getValue()).ifPresent(it -> values.put(batch.getKey(), it));
        }
        return values;
    }

    private Optional<JsonNode> document(RunFile file) {
        return RecordFiles.read(file(file), JsonReader::document);
    }

    /** A row of a file that grows: when, of which run, and what. */
    private Json.Writer row(Instant time, Json.Writer fields) {
        return json -> {
            json.writeStartObject();
            json.writeStringField("time", time.toString());
            json.writeStringField("guid", guid);
            fields.write(json);
            json.writeEndObject();
        };
    }
}
