package org.jetfanout.runner.jetp;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.runner.HostResult;
import org.jetfanout.runner.Runner;

/**
 * The results of a run as events of jetp, for the jet-fanout that started this one as its runner (a
 * third tier). Not thread-safe.
 */
public final class GatewayEvents implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A job of jet-fanout has it; nobody else sets it. */
    private static final String GUID = "JET_FANOUT_GUID";

    private final OutputStream out;

    private GatewayEvents(OutputStream out) {
        this.out = out;
    }

    /**
     * Opens the log of events. Empty where this process is not a job of jet-fanout.
     *
     * @param environment of this process
     * @param guid of this process' own run
     */
    public static Optional<GatewayEvents> open(Map<String, String> environment, String guid)
            throws IOException {
        String log = environment.getOrDefault(Runner.EVENTS_VARIABLE, "");
        if (log.isEmpty() || !environment.containsKey(GUID)) {
            return Optional.empty();
        }
        GatewayEvents events =
                new GatewayEvents(
                        Files.newOutputStream(
                                Path.of(log),
                                StandardOpenOption.CREATE,
                                StandardOpenOption.APPEND));
        events.write(event("TASK_START").put("task", "run " + guid));
        return Optional.of(events);
    }

    /** Writes the result of a host. A host that has none gets no event, as with jetp. */
    public void result(HostResult result) throws IOException {
        switch (result.outcome()) {
            case OK -> write(ended(result.host(), "IsMatched"));
            case CHANGED -> write(ended(result.host(), "IsExecuted"));
            case FAILED ->
                    write(
                            event("TASK_FAILED")
                                    .put("host", result.host())
                                    .put("task", result.reason()));
            case UNREACHABLE -> write(event("HOST_CONNECT_FAILED").put("host", result.host()));
            case UNFINISHED, NOT_STARTED -> {}
        }
    }

    private static ObjectNode ended(String host, String status) {
        return event("TASK_STATUS").put("host", host).put("task_status", status);
    }

    private static ObjectNode event(String name) {
        return JSON.createObjectNode().put("event", name);
    }

    private void write(ObjectNode event) throws IOException {
        out.write((event + "\n").getBytes(StandardCharsets.UTF_8));
    }

    /** Writes that the run has come to its end. */
    @Override
    public void close() throws IOException {
        write(event("SUMMARY"));
        out.close();
    }
}
