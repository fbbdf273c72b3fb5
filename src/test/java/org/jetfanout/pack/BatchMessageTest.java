package org.jetfanout.pack;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
import org.jetfanout.plan.BatchPlay;
import org.jetfanout.runner.Payload;
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

    @Test
    void itIsTheJsonThatJacksonMakesOfIt() throws IOException {
        Path file = Files.writeString(folder.resolve("file of the user"), "text");
        BatchMessage message =
                new BatchMessage(
                        "guid",
                        new Batch(
                                "0002",
                                new Worker("w \"1\"", "g", "w1.example.com", 22, "ops"),
                                List.of("h1", "h\u00fc2"),
                                3),
                        List.of("jetp", "--flag"),
                        Map.of("playbook.yml", "/home/me/site.yml"),
                        List.of(new BatchPlay(1, "first", "0-3,5"), new BatchPlay(2, "x", "0")),
                        true,
                        true,
                        ShownKeys.named(List.of("SHA256:key")),
                        List.of("SHA256:host"),
                        List.of("root", "deploy"),
                        1,
                        2,
                        3,
                        4,
                        5,
                        1L << 40,
                        true,
                        6,
                        7,
                        8,
                        Payload.of(file),
                        "eu");
        assertThat(message.bytes()).isEqualTo(JSON.writeValueAsBytes(message));
        assertThat(BatchMessage.read(message.bytes())).isEqualTo(message);
        BatchMessage bare = message("");
        assertThat(bare.bytes()).isEqualTo(JSON.writeValueAsBytes(bare));
        assertThat(BatchMessage.read(bare.bytes())).isEqualTo(bare);
    }

    @Test
    void whatIsNoMessageIsAnIoException() {
        assertThatThrownBy(() -> BatchMessage.read("{}".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
        assertThatThrownBy(() -> BatchMessage.read("{".getBytes(UTF_8)))
                .isInstanceOf(IOException.class);
    }
}
