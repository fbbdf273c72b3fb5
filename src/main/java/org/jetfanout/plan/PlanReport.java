package org.jetfanout.plan;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.StreamWriteFeature;
import java.io.IOException;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.Collection;
import java.util.IntSummaryStatistics;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkerGroups;
import org.jetfanout.site.workers.WorkerSettings;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.text.Counted;

/**
 * What {@code plan} shows: which worker would configure which hosts, and with which command line.
 * Immutable.
 */
public final class PlanReport {
    private static final int MOST_CHARACTERS_OF_A_BATCH = 200;
    private static final int MOST_CHARACTERS_OF_A_GROUP = 1000;
    private static final JsonFactory JSON =
            JsonFactory.builder()
                    .disable(StreamWriteFeature.AUTO_CLOSE_TARGET)
                    // otherwise a document that an error cut off would look complete
                    .disable(StreamWriteFeature.AUTO_CLOSE_CONTENT)
                    .build();

    private final Plan plan;
    private final WorkerGroups groups;
    private final WorkersConfig config;
    private final Function<Batch, List<String>> command;
    private final BatchPlays plays;

    /**
     * @param plan the plan to show
     * @param groups the plan's worker groups
     * @param config the settings of the worker groups
     * @param command gives the words of the command line that the worker of a batch would run
     * @param plays which plays each batch has, where workers wait for each other between plays
     */
    public PlanReport(
            Plan plan,
            WorkerGroups groups,
            WorkersConfig config,
            Function<Batch, List<String>> command,
            BatchPlays plays) {
        this.plan = plan;
        this.groups = groups;
        this.config = config;
        this.command = command;
        this.plays = plays;
    }

    /**
     * Writes the report for people. Long lists of names are cut, and control characters are made
     * visible.
     *
     * @param fold shortens host names to ranges
     * @param shell quotes and joins the words of a command line
     */
    public void text(
            Appendable out,
            Function<? super Collection<String>, String> fold,
            Function<List<String>, String> shell)
            throws IOException {
        int waves = plan.waves();
        int before = 0;
        for (int number = 1; number <= waves; number++) {
            Plan wave = plan.wave(number);
            if (waves > 1) {
                before += wave.hosts();
                line(
                        out,
                        "wave %d of %d: %s, %d with the waves before"
                                .formatted(
                                        number, waves, Counted.text(wave.hosts(), "host"), before));
            }
            wave(out, wave.batches(), waves > 1, fold, shell);
        }
        if (!plan.unmatched().isEmpty()) {
            line(
                    out,
                    "skipped, no worker: "
                            + Counted.text(plan.unmatched().size(), "host")
                            + ": "
                            + FoldedHosts.text(plan.unmatched(), MOST_CHARACTERS_OF_A_GROUP, fold));
        }
        line(
                out,
                "total: "
                        + Counted.text(plan.hosts(), "host")
                        + ", "
                        + plan.batches().size()
                        + (plan.batches().size() == 1 ? " batch" : " batches")
                        + "; nothing was sent");
    }

    /**
     * @param some whether only groups with hosts are shown
     */
    private void wave(
            Appendable out,
            List<Batch> all,
            boolean some,
            Function<? super Collection<String>, String> fold,
            Function<List<String>, String> shell)
            throws IOException {
        Map<String, List<Batch>> batches = new LinkedHashMap<>();
        groups.names().forEach(group -> batches.put(group, new ArrayList<>()));
        for (Batch batch : all) {
            batches.computeIfAbsent(batch.worker().group(), group -> new ArrayList<>()).add(batch);
        }
        PlaysReport inOrder = new PlaysReport(plays);
        for (Map.Entry<String, List<Batch>> group : batches.entrySet()) {
            if (!some || !group.getValue().isEmpty()) {
                group(out, group.getKey(), group.getValue(), inOrder, fold, shell);
            }
        }
        for (String line : inOrder.summary()) {
            line(out, line);
        }
    }

    private void group(
            Appendable out,
            String group,
            List<Batch> batches,
            PlaysReport inOrder,
            Function<? super Collection<String>, String> fold,
            Function<List<String>, String> shell)
            throws IOException {
        boolean local = group.equals(Worker.CONTROL_MACHINE.group());
        List<String> workers =
                (local ? List.of(Worker.CONTROL_MACHINE) : groups.workers(group))
                        .stream().map(Worker::name).toList();
        String title = local ? "on the control machine" : group;
        if (batches.isEmpty()) {
            line(out, title + ": " + Counted.text(workers.size(), "worker") + ", no hosts");
            return;
        }
        WorkerSettings settings = config.settings(group);
        Rounds rounds = new Rounds(settings.threads(), settings.batchSize());
        IntSummaryStatistics sizes =
                batches.stream().collect(Collectors.summarizingInt(batch -> batch.hosts().size()));
        int least = batches.size() < workers.size() ? 0 : sizes.getMin();
        line(
                out,
                title
                        + ": "
                        + Counted.text(workers.size(), "worker")
                        + ", "
                        + Counted.text(sizes.getSum(), "host")
                        + ", "
                        + (least == sizes.getMax() ? "" : least + " to ")
                        + sizes.getMax()
                        + " per worker, "
                        + Counted.text(rounds.of(sizes.getMax()), "round")
                        + " of "
                        + Counted.text(settings.threads(), "thread"));
        String warning = rounds.warning(sizes.getMax());
        if (!warning.isEmpty()) {
            line(out, "  warning: " + warning);
        }
        line(
                out,
                "  hosts: " + FoldedHosts.text(undealt(batches), MOST_CHARACTERS_OF_A_GROUP, fold));
        for (Batch batch : batches) {
            line(
                    out,
                    "  "
                            + batch.id()
                            + " "
                            + batch.worker().name()
                            + ": "
                            + Counted.text(batch.hosts().size(), "host")
                            + ": "
                            + FoldedHosts.text(batch.hosts(), MOST_CHARACTERS_OF_A_BATCH, fold));
            String playsOfBatch = inOrder.line(batch);
            if (!playsOfBatch.isEmpty()) {
                line(out, "    " + playsOfBatch);
            }
            line(out, "    $ " + shell.apply(command.apply(batch)));
        }
    }

    /** All hosts in their order before they were dealt to workers, which folds best. */
    private static List<String> undealt(List<Batch> batches) {
        List<String> hosts = new ArrayList<>();
        int most = batches.stream().mapToInt(batch -> batch.hosts().size()).max().orElse(0);
        for (int turn = 0; turn < most; turn++) {
            for (Batch batch : batches) {
                if (turn < batch.hosts().size()) {
                    hosts.add(batch.hosts().get(turn));
                }
            }
        }
        return hosts;
    }

    private static void line(Appendable out, String text) throws IOException {
        for (int at = 0; at < text.length(); at++) {
            char character = text.charAt(at);
            if (Character.isISOControl(character)) {
                out.append(String.format("\\u%04x", (int) character));
            } else {
                out.append(character);
            }
        }
        out.append('\n');
    }

    /**
     * Writes the report for programs: one complete JSON document. It is written while it is made,
     * so that a million hosts take no memory. The stream is flushed, not closed.
     */
    public void json(OutputStream out) throws IOException {
        try (JsonGenerator json = JSON.createGenerator(out)) {
            PlaysReport inOrder = new PlaysReport(plays);
            json.writeStartObject();
            json.writeStringField("guid", plan.guid());
            boolean waves = plan.waves() > 1;
            json.writeArrayFieldStart("batches");
            for (Batch batch : plan.batches()) {
                json.writeStartObject();
                json.writeStringField("batch", batch.id());
                if (waves) {
                    json.writeNumberField("wave", batch.wave());
                }
                json.writeStringField("worker", batch.worker().name());
                json.writeStringField("workerGroup", batch.worker().group());
                array(json, "hosts", batch.hosts());
                inOrder.write(json, batch);
                array(json, "command", command.apply(batch));
                json.writeEndObject();
            }
            json.writeEndArray();
            inOrder.write(json);
            array(json, "unmatched", plan.unmatched());
            json.writeEndObject();
            json.writeRaw('\n');
        }
    }

    private static void array(JsonGenerator json, String name, List<String> texts)
            throws IOException {
        json.writeArrayFieldStart(name);
        for (String text : texts) {
            json.writeString(text);
        }
        json.writeEndArray();
    }
}
