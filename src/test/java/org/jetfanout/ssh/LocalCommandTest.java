package org.jetfanout.ssh;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.util.Optional;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(200)
class LocalCommandTest {
    private static LocalCommand start(String command, InputStream stdin) throws IOException {
        return LocalCommand.start(command, Optional.ofNullable(stdin), Optional.empty());
    }

    /** What comes later goes on at once, and the end comes when the input is closed. */
    @Test
    void stdinMayStayOpen() throws Exception {
        HeldInput stdin = HeldInputTest.open("first\n");
        try (LocalCommand command = start("while read -r line; do echo got $line; done", stdin)) {
            stdin.letGo();
            assertThat(command.next().bytes()).isEqualTo("got first\n".getBytes(UTF_8));
            stdin.send("second\n".getBytes(UTF_8));
            assertThat(command.next().bytes()).isEqualTo("got second\n".getBytes(UTF_8));
            stdin.close();
            assertThat(command.hasNext()).isFalse();
            assertThat(command.exitStatus()).hasValue(0);
        }
    }

    private static String read(LocalCommand command, boolean stderr) {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        while (command.hasNext()) {
            Chunk chunk = command.next();
            if (chunk.stderr() == stderr) {
                bytes.writeBytes(chunk.bytes());
            }
        }
        return bytes.toString(UTF_8);
    }

    @Test
    void givesOutputAndExitStatus() throws IOException {
        try (LocalCommand command = start("echo out; echo err >&2; exit 7", null)) {
            assertThat(read(command, false)).isEqualTo("out\n");
            assertThat(command.exitStatus()).hasValue(7);
            assertThat(command.loss()).isEmpty();
        }
        try (LocalCommand command = start("echo out; echo err >&2; exit 7", null)) {
            assertThat(read(command, true)).isEqualTo("err\n");
        }
    }

    @Test
    void sendsStdinToItsEnd() throws IOException {
        byte[] megabytes = new byte[3 << 20];
        try (LocalCommand command = start("wc -c", new ByteArrayInputStream(megabytes))) {
            assertThat(read(command, false).strip()).isEqualTo(Integer.toString(megabytes.length));
        }
        try (LocalCommand command = start("wc -c", null)) {
            assertThat(read(command, false).strip()).isEqualTo("0");
        }
    }

    @Test
    void aHalfStdinIsALossAndNoEnd() throws IOException {
        InputStream broken =
                new SequenceInputStream(
                        new ByteArrayInputStream(new byte[100]),
                        new InputStream() {
                            @Override
                            public int read() throws IOException {
                                throw new IOException("disk gone");
                            }

                            @Override
                            public int read(byte[] bytes, int from, int length) throws IOException {
                                throw new IOException("disk gone");
                            }
                        });
        try (LocalCommand command = start("exec cat >/dev/null", broken)) {
            assertThat(read(command, false)).isEmpty();
            assertThat(command.loss().orElseThrow())
                    .hasMessage("cannot read the data to send: disk gone");
            assertThat(command.exitStatus()).isEmpty();
        }
    }

    @Test
    void everyByteComesThrough() throws IOException {
        try (LocalCommand command = start("exec head -c 100000000 /dev/zero", null)) {
            assertThat(command.hasNext()).isTrue();
            long pulled = 0;
            while (command.hasNext()) {
                pulled += command.next().bytes().length;
            }
            assertThat(pulled).isEqualTo(100_000_000);
            assertThat(command.exitStatus()).hasValue(0);
        }
    }

    @Test
    void closingEndsTheWaitAndTheShell() throws Exception {
        LocalCommand command = start("echo $$; exec sleep 4321", null);
        long pid = Long.parseLong(new String(command.next().bytes(), UTF_8).strip());
        Thread closer = new Thread(command::close);
        closer.start();
        assertThat(command.hasNext()).isFalse();
        closer.join();
        assertThat(command.exitStatus()).isEmpty();
        assertThat(command.loss().orElseThrow()).hasMessageContaining("closed");
        Waiting.until(
                "it ends",
                () -> ProcessHandle.of(pid).map(process -> !process.isAlive()).orElse(true));
    }

    @Test
    void theUsersAgentIsNotHandedOn() throws IOException {
        String shown = "printf '%s' \"${SSH_AUTH_SOCK-none}\"";
        try (LocalCommand command = LocalCommand.start(shown, Optional.empty(), Optional.empty())) {
            assertThat(read(command, false)).isEqualTo("none");
        }
    }
}
