package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.testkit.Program;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code demo --serve}: what a newcomer sees of the service. */
final class DemoServiceIT {
    @TempDir Path folder;

    @Test
    void aTemplateCanBeStartedUntilCtrlC() throws Exception {
        Program demo =
                Program.start(folder, folder, Map.of("TERM", ""), List.of("demo", "--serve"));
        Pattern hint =
                Pattern.compile("JET_FANOUT_TOKEN=(\\S+) jet-fanout run --server (\\S+) demo");
        Waiting.until("the service is there", () -> hint.matcher(demo.err()).find());
        Matcher said = hint.matcher(demo.err());
        assertThat(said.find()).isTrue();
        Program.Ended run =
                Program.start(
                                folder,
                                folder,
                                Map.of("TERM", "", "JET_FANOUT_TOKEN", said.group(1)),
                                List.of("run", "--server", said.group(2), "demo"))
                        .end();
        assertThat(run.exit()).as(run.toString()).isZero();
        assertThat(run.err()).contains("12 hosts");
        demo.signal("INT");
        Program.Ended ended = demo.end();
        assertThat(ended.exit()).as(ended.toString()).isZero();
        // its records are not among the user's
        assertThat(ended.runs()).doesNotExist();
    }
}
