package org.jetfanout.service.templates;

import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.service.http.HttpPart;
import org.jetfanout.service.runs.RunStarts;

/** What templates do by themselves: schedules, webhooks in and out. Thread-safe. */
public final class TemplatesPart implements HttpPart {
    private final Schedules schedules;
    private final Tellings tellings;
    private final WebhookStep webhooks;

    /**
     * @param starts is told to tell of the end of runs: before it begins
     * @param runs the folder with the records
     * @param state the folder of the service
     */
    public TemplatesPart(
            ServiceConfig config, Templates templates, RunStarts starts, Path runs, Path state)
            throws IOException {
        InstantSource clock = InstantSource.system();
        this.schedules = new Schedules(templates, state, clock);
        this.tellings = new Tellings(templates, new EndedSummary(runs, config.url()), state, clock);
        this.webhooks = new WebhookStep(templates, new SeenDeliveries(state), clock);
        starts.onEnd(tellings::ended);
    }

    /** Begins to start and to tell by itself. */
    public void begin() {
        tellings.begin();
        schedules.begin();
    }

    @Override
    public List<String> routes() {
        return List.of("webhooks");
    }

    @Override
    public Map<String, Object> beans() {
        return Map.of("webhooks.in", webhooks);
    }

    @Override
    public void close() {
        schedules.close();
        tellings.close();
    }
}
