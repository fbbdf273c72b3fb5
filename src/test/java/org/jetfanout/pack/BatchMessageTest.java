package org.jetfanout.pack;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jetfanout.plan.Batch;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.site.workers.WorkersConfig;
import org.jetfanout.ssh.agent.ShownKeys;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Tests what is stored of a batch for its dispatch. */
class BatchMessageTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    @TempDir private Path folder;

    private BatchMessage message(String settings) throws IOException {
        Path file = folder.resolve("workers.yml");
        Files.writeString(
                file, "workers:\n  map: [ { from: web, to: web_workers } ]\n" + settings.indent(2));
        Worker worker = new Worker("w1", "web_workers", "w1.example.com", 22, "ops");
        return BatchMessage.of(
                "guid",
                new Batch("0001", worker, List.of("h1")),
                List.of("jetp"),
                Map.of(),
                List.of(),
                false,
                WorkersConfig.read(file, Set.of()).settings("web_workers"),
                ShownKeys.named(List.of()),
                List.of(),
                List.of(),
                Optional.empty());
    }

    @Test
    void theZoneIsThatOfTheWorkerGroup() throws IOException {
        assertThat(message("").zone()).isEqualTo("default");
        BatchMessage message = message("zone: us\ngroups: { web_workers: { zone: eu } }");
        assertThat(message.zone()).isEqualTo("eu");
        assertThat(BatchMessage.read(message.bytes()).zone()).isEqualTo("eu");
        assertThat(message.to(message.batch().worker(), 1, 1).zone()).isEqualTo("eu");
    }

    @Test
    void aMessageOfAnEarlierVersionHasTheDefaultZone() throws IOException {
        ObjectNode earlier = (ObjectNode) JSON.readTree(message("zone: eu").bytes());
        earlier.remove("zone");
        assertThat(BatchMessage.read(JSON.writeValueAsBytes(earlier)).zone()).isEqualTo("default");
    }
}
