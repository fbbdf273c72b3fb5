package org.jetfanout.runner.ansible.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jetfanout.runner.LineMeaning;
import org.jetfanout.runner.LineMeaning.Level;
import org.junit.jupiter.api.Test;

/** Which host a line of ansible's text is about. */
final class AnsibleLineReaderTest {
    private final AnsibleLineReader reader =
            new AnsibleLineReader(Set.of("web1", "db1", "2001:db8::1")::contains);

    private void assertAbout(String line, String host, Level level) {
        LineMeaning meaning = reader.read(line);
        assertThat(meaning.host()).as(line).isEqualTo(host);
        assertThat(meaning.level()).as(line).isEqualTo(level);
    }

    @Test
    void linesOfTheDefaultCallback() {
        assertAbout("ok: [web1]", "web1", Level.INFO);
        assertAbout("\033[0;33mchanged: [web1 -> db1(10.0.0.1)]\033[0m", "web1", Level.INFO);
        assertAbout("changed: [web1] => (item=a)", "web1", Level.INFO);
        assertAbout("skipping: [2001:db8::1]", "2001:db8::1", Level.INFO);
        assertAbout("fatal: [web1]: FAILED! => {\"rc\": 1}", "web1", Level.ERROR);
        assertAbout("fatal: [web1 -> db1]: UNREACHABLE! => {\"msg\": 1}", "web1", Level.ERROR);
        assertAbout("failed: [web1] (item=b) => {\"rc\": 1}", "web1", Level.WARNING);
        assertAbout("FAILED - RETRYING: [web1]: wait (3 retries left).", "web1", Level.WARNING);
        assertAbout("ASYNC POLL on web1: jid=1", "", Level.INFO);
        assertAbout("included: /x/tasks.yml for web1, db1", "", Level.INFO);
        assertAbout(
                "web1    : ok=4    changed=3    unreachable=0    failed=0    skipped=1",
                "web1",
                Level.INFO);
        assertAbout(
                "\033[0;31mweb1\033[0m   : \033[0;32mok=4   \033[0m changed=3    unreachable=0   "
                        + " \033[0;31mfailed=1   \033[0m skipped=1",
                "web1",
                Level.WARNING);
        assertAbout("...ignoring", "", Level.INFO);
        assertAbout("TASK [ok: [web1]] ****", "", Level.INFO);
        assertAbout("ERROR! the playbook: x could not be found", "", Level.ERROR);
        assertAbout("[WARNING]: Found both group and host", "", Level.WARNING);
    }

    @Test
    void aResultInSeveralLines() {
        assertAbout("ok: [web1] => {", "web1", Level.INFO);
        assertAbout("    \"msg\": \"hi\"", "web1", Level.INFO);
        assertAbout("}", "web1", Level.INFO);
        assertAbout("    more", "", Level.INFO);
        assertAbout("fatal: [db1]: FAILED! => {", "db1", Level.ERROR);
        LineMeaning within = reader.read("    \"rc\": 1");
        assertThat(within.inBlock()).isTrue();
        assertThat(within.host()).isEqualTo("db1");
        assertAbout("TASK [next] ***", "", Level.INFO);
        assertAbout("    \"rc\": 1", "", Level.INFO);
    }

    @Test
    void linesOfTheMinimalCallback() {
        assertAbout("web1 | CHANGED | rc=0 >>", "web1", Level.INFO);
        assertAbout("web1 | FAILED! => {", "web1", Level.ERROR);
        assertAbout("    \"rc\": 1", "web1", Level.ERROR);
        assertAbout("}", "web1", Level.ERROR);
        assertAbout("someone | FAILED! => {", "", Level.INFO);
    }

    /** Each version's text names each host that failed. */
    @Test
    void linesOfRealRuns() throws IOException {
        for (String version : AnsibleRun.recorded()) {
            AnsibleRun run = AnsibleRun.recording(version, "unreachable");
            AnsibleLineReader real = new AnsibleLineReader(host -> true);
            List<String> failed = new ArrayList<>();
            run.output()
                    .lines()
                    .map(real::read)
                    .filter(LineMeaning::isFailure)
                    .forEach(meaning -> failed.add(meaning.host()));
            assertThat(failed).as(version).containsExactlyInAnyOrder("h1", "down");
        }
    }
}
