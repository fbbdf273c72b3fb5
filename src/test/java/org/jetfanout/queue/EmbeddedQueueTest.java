package org.jetfanout.queue;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.jetfanout.machine.PrivateFiles;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

class EmbeddedQueueTest {
    @TempDir private Path folder;

    /** Else who waits for the next message waits for ever. */
    @Test
    @Timeout(300)
    void saysThatItsJournalCannotBeWritten() throws Exception {
        BlockingQueue<String> said = new ArrayBlockingQueue<>(10);
        Path queue = folder.resolve("queue");
        try (EmbeddedQueue broker = new EmbeddedQueue(queue, 1)) {
            broker.onFailure(said::add);
            // goes on in the files that are open; the next one cannot be made
            PrivateFiles.remove(queue.resolve("journal"));
            Files.writeString(queue.resolve("journal"), "in the way");
            fill(broker, "x".repeat(50_000), 100);
            assertThat(said.poll(50, TimeUnit.SECONDS))
                    .startsWith("the queue in " + queue + " has failed: ");
        }
    }

    /** A busy machine needs some time for each, and a run does not wait long for the answer. */
    @Test
    void aLookIntoTheQueueIsFewRoundTrips() throws Exception {
        try (EmbeddedQueue broker = new EmbeddedQueue(folder.resolve("queue"), 1)) {
            for (int batch = 0; batch < 1000; batch++) {
                fill(broker, "batch " + batch, 1);
            }
            AtomicInteger asked = new AtomicInteger();
            broker.sending()
                    .getServerLocator()
                    .addOutgoingInterceptor((packet, connection) -> asked.incrementAndGet() > 0);
            assertThat(broker.contents("batches").texts()).hasSize(1000);
            assertThat(asked.get()).isBetween(1, 100);
        }
    }

    /** A thousand batches would wait for the disk some thousand times, one after the other. */
    @Test
    void whoSendsDoesNotWaitForAnswers() throws Exception {
        Path queue = folder.resolve("queue");
        List<String> batches =
                IntStream.range(0, 200).mapToObj(number -> "batch " + number).toList();
        try (EmbeddedQueue broker = new EmbeddedQueue(queue, 1)) {
            fill(broker, "the first one, which asks for the queue", 1);
            AtomicInteger sent = new AtomicInteger();
            broker.sending()
                    .getServerLocator()
                    .addOutgoingInterceptor((packet, connection) -> sent.incrementAndGet() > 0);
            for (String batch : batches) {
                fill(broker, batch, 1);
            }
            assertThat(sent.get()).isBetween(200, 210);
        }
        try (EmbeddedQueue again = new EmbeddedQueue(queue, 1)) {
            assertThat(again.contents("batches").texts()).containsAll(batches);
        }
    }

    private static void fill(EmbeddedQueue broker, String text, int messages) throws JMSException {
        try (JMSContext context = broker.producers().createContext()) {
            for (int message = 0; message < messages; message++) {
                context.createProducer().send(context.createQueue("batches"), text);
            }
        } catch (JMSRuntimeException e) {
            // it stopped in the middle
        }
    }
}
