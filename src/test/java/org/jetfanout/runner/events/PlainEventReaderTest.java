package org.jetfanout.runner.events;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.OptionalInt;
import java.util.function.UnaryOperator;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LoggedEvent;
import org.jetfanout.runner.RunnerEvent;
import org.junit.jupiter.api.Test;

/** Plain events and lines as log stores get them. */
class PlainEventReaderTest {
    private static LoggedEvent read(String json) {
        return new PlainEventReader(text -> text.replace("secret", "***"))
                .read(json.replace('\'', '"'))
                .orElseThrow();
    }

    @Test
    void knownKeysHaveTheirTypesAndAllOthersAreOneText() {
        LoggedEvent event =
                read(
                        "{'event':'failed','host':'web1','rc':2,'reason':'a secret',"
                                + "'final':true,'more':{'x':['secret']}}");
        assertThat(event.event()).isInstanceOf(RunnerEvent.TaskFailed.class);
        assertThat(event.action()).isEqualTo("host-failed");
        assertThat(event.host()).isEqualTo("web1");
        assertThat(event.exitCode()).isEqualTo(OptionalInt.of(2));
        assertThat(event.namespace()).isEqualTo("runner");
        assertThat(event.fields().toString())
                .isEqualTo(
                        "{\"event\":\"failed\",\"host\":\"web1\",\"exit_code\":2,"
                                + "\"reason\":\"a ***\","
                                + "\"other\":\"{\\\"final\\\":true,\\\"more\\\":{\\\"x\\\":[\\\"***\\\"]}}\"}");
    }

    @Test
    void aKeyWithAnotherTypeBreaksNoMapping() {
        LoggedEvent event = read("{'event':['x'],'host':5,'rc':'two','name':{'a':1}}");
        assertThat(event.action()).isEqualTo("unknown");
        assertThat(event.host()).isEmpty();
        assertThat(event.exitCode()).isEmpty();
        assertThat(event.fields().size()).isEqualTo(1);
        assertThat(event.fields().has("other")).isTrue();
    }

    @Test
    void whatIsNoEventIsNone() {
        PlainEventReader reader = new PlainEventReader(UnaryOperator.identity());
        assertThat(reader.read("text")).isEmpty();
        assertThat(reader.read("[]")).isEmpty();
        assertThat(reader.read("")).isEmpty();
    }

    @Test
    void aLineIsAboutTheHostBeforeTheFirstColonAndBlank() {
        PlainLineReader lines =
                new PlainLineReader(host -> host.equals("web1") || host.equals("::1"));
        assertThat(lines.read("web1: web2: x").host()).isEqualTo("web1");
        assertThat(lines.read("::1: x").host()).isEqualTo("::1");
        assertThat(lines.read("web2: web1: x")).isEqualTo(LineMeaning.NONE);
        assertThat(lines.read(" web1: x")).isEqualTo(LineMeaning.NONE);
        assertThat(lines.read("web1:x")).isEqualTo(LineMeaning.NONE);
        assertThat(PlainLineReader.text("web1: ", "web1")).isEmpty();
    }
}
