package org.jetfanout.cli;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jetfanout.logs.GatheredOutput;
import org.jetfanout.record.Json;
import org.jetfanout.record.RunRecord;
import org.jetfanout.runner.known.Runners;
import org.jetfanout.site.inventory.HostOrder;
import org.jetfanout.site.inventory.HostRanges;
import org.jetfanout.text.Text;

/** Prints equal output of hosts once, as {@code --gather} does. */
final class GatheredText implements GatheredOutput.Taker {
    private static final String RULE = "-".repeat(15) + "\n";

    /** A group with more text has only its digest in JSON. */
    private static final long MOST_IN_JSON = 1 << 20;

    private final OutputStream out;
    private final String guid;
    private final boolean json;
    private final boolean colour;

    // Mutable state: the group that is being printed as JSON
    private final List<String> lines = new ArrayList<>();
    private final StringBuilder begun = new StringBuilder();
    private GatheredOutput.Group group;

    private GatheredText(OutputStream out, String guid, boolean json, boolean colour) {
        this.out = out;
        this.guid = guid;
        this.json = json;
        this.colour = colour;
    }

    /** Prints the output of a run that has ended. A reader that has seen enough is no failure. */
    static void print(RunRecord record, OutputStream to, boolean json, boolean colour) {
        try {
            OutputStream out = new BufferedOutputStream(to, 1 << 16);
            GatheredText text = new GatheredText(out, record.guid(), json, colour);
            GatheredOutput.of(record, Runners.of(record.request())).forEach(text);
            text.endGroup();
            out.flush();
        } catch (IOException | UncheckedIOException e) {
            // nobody reads any more; StandardOutput remembers the failure
        }
    }

    @Override
    public void group(GatheredOutput.Group next) {
        endGroup();
        group = next;
        if (!json) {
            List<String> hosts = next.hosts().stream().sorted(new HostOrder()).toList();
            String names = HostRanges.fold(hosts);
            write(
                    RULE
                            + names
                            + (hosts.size() == 1 ? "" : " (" + hosts.size() + ")")
                            + "\n"
                            + RULE);
        }
    }

    @Override
    public void line(String text, boolean cut) {
        if (!json) {
            write(Text.forTerminal(text, colour) + (cut ? "" : "\n"));
        } else if (group.bytes() <= MOST_IN_JSON) {
            begun.append(Text.plain(text));
            if (!cut) {
                lines.add(begun.toString());
                begun.setLength(0);
            }
        }
    }

    private void endGroup() {
        if (group != null && json) {
            try {
                out.write(Json.line(this::write));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        lines.clear();
        begun.setLength(0);
    }

    private void write(JsonGenerator to) throws IOException {
        to.writeStartObject();
        to.writeStringField("type", "gathered");
        to.writeStringField("guid", guid);
        to.writeNumberField("count", group.hosts().size());
        to.writeStringField(
                "hosts", HostRanges.fold(group.hosts().stream().sorted(new HostOrder()).toList()));
        to.writeNumberField("lines", group.lines());
        to.writeNumberField("bytes", group.bytes());
        to.writeStringField("sha256", group.sha256());
        if (group.bytes() <= MOST_IN_JSON) {
            to.writeArrayFieldStart("output");
            for (String line : lines) {
                to.writeString(line);
            }
            to.writeEndArray();
        }
        to.writeEndObject();
    }

    private void write(String text) {
        try {
            out.write(text.getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
