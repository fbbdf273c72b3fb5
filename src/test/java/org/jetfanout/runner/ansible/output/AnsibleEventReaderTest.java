package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import org.jetfanout.runner.LoggedEvent;
import org.jetfanout.runner.RunnerEvent;
import org.junit.jupiter.api.Test;

/** What a log store gets of an event. */
final class AnsibleEventReaderTest {
    private final AnsibleEventReader reader =
            new AnsibleEventReader(text -> text.replace("hush", "[redacted]"));

    private LoggedEvent read(String line) {
        return reader.read(line.replace('\'', '"')).orElseThrow();
    }

    @Test
    void aFailure() {
        LoggedEvent event =
                read(
                        "{'event':'runner_on_failed','seq':7,'host':'h1','task':'say hush','action':'shell',"
                                + "'changed':true,'rc':3,'msg':'non-zero return code','stderr':'a\\nhush',"
                                + "'delegate_to':'d1','role':'web','item':'x','path':'site.yml:3'}");
        assertThat(event.action()).isEqualTo("runner-on-failed");
        assertThat(event.host()).isEqualTo("h1");
        assertThat(event.exitCode()).hasValue(3);
        assertThat(event.namespace()).isEqualTo("ansible");
        assertThat(event.fields().toString())
                .isEqualTo(
                        "{'event':'runner_on_failed','seq':7,'host':'h1','task':'say [redacted]','action':'shell',"
                                        .replace('\'', '"')
                                + "'changed':true,'rc':3,'msg':'non-zero return code','stderr':'a\\n[redacted]',"
                                        .replace('\'', '"')
                                + "'delegate_to':'d1','role':'web','item':'x','path':'site.yml:3'}"
                                        .replace('\'', '"'));
        assertThat(event.event()).isInstanceOf(RunnerEvent.TaskFailed.class);
        assertThat(event.event().toString()).contains("say [redacted]").doesNotContain("hush");
    }

    @Test
    void oddFieldsBecomeOneText() {
        LoggedEvent event =
                read("{'event':'runner_on_ok','host':5,'rc':'x','new':[1,'hush'],'changed':'yes'}");
        assertThat(event.host()).isEmpty();
        assertThat(event.fields().path("other").asText())
                .isEqualTo(
                        "{\"host\":5,\"rc\":\"x\",\"new\":[1,\"[redacted]\"],\"changed\":\"yes\"}");
        assertThat(reader.read("no JSON")).isEmpty();
        assertThat(read("{'event':'<b>'}").action()).isEqualTo("unknown");
    }

    @Test
    void listsOfHostsStayOut() {
        assertThat(read("{'event':'jet_names','seq':3,'first':0,'names':['a']}").fields().size())
                .isEqualTo(2);
    }
}
