package org.jetfanout.queue;

import static org.assertj.core.api.Assertions.assertThat;

import jakarta.jms.JMSContext;
import jakarta.jms.JMSException;
import jakarta.jms.JMSRuntimeException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
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
            fill(broker);
            assertThat(said.poll(50, TimeUnit.SECONDS))
                    .startsWith("the queue in " + queue + " has failed: ");
        }
    }

    private static void fill(EmbeddedQueue broker) throws JMSException {
        try (JMSContext context = broker.producers().createContext()) {
            for (int message = 0; message < 100; message++) {
                context.createProducer().send(context.createQueue("batches"), "x".repeat(50_000));
            }
        } catch (JMSRuntimeException e) {
            // it stopped in the middle
        }
    }
}
