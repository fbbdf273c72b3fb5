package org.jetfanout.ssh.hostkeys;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.apache.sshd.common.util.buffer.ByteArrayBuffer;
import org.jetfanout.ssh.config.PatternList;
import org.jetfanout.ssh.keys.JdkEd25519;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class KnownHostsTest {
    static {
        JdkEd25519.install();
    }

    @TempDir Path folder;

    private static String key(int number) {
        ByteArrayBuffer blob = new ByteArrayBuffer();
        blob.putString("ssh-ed25519");
        byte[] point = new byte[32];
        point[0] = (byte) number;
        point[1] = (byte) (number >> 8);
        blob.putBytes(point);
        return "ssh-ed25519 " + Base64.getEncoder().encodeToString(blob.getCompactData());
    }

    private KnownHosts read(List<String> lines) throws IOException {
        Path file = folder.resolve("known_hosts");
        Files.write(file, lines);
        return KnownHosts.read(List.of(file));
    }

    @ParameterizedTest
    @CsvSource({
        "*, anything, true",
        "a*c, abbc, true",
        "a*c, abbd, false",
        "a?c, abc, true",
        "a?c, ac, false",
        "*a*a*a*a*a*a*a*b, aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa, false",
        "[h]:22*, [h]:2222, true",
    })
    void globs(String pattern, String text, boolean matches) {
        assertThat(PatternList.glob(pattern, text)).isEqualTo(matches);
    }

    @Test
    void tenThousandLinesAndThousandWorkersAreFast() throws Exception {
        List<String> lines = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            lines.add(i % 2 == 0 ? "host" + i + " " + key(i) : hashed("host" + i, i));
        }
        KnownHosts known = read(lines);
        ThreadMXBean threads = ManagementFactory.getThreadMXBean();
        long begun = threads.getCurrentThreadCpuTime();
        for (int i = 0; i < 1000; i++) {
            assertThat(known.of("HOST" + i, 22).keys()).hasSize(1);
        }
        assertThat(Duration.ofNanos(threads.getCurrentThreadCpuTime() - begun))
                .isLessThan(Duration.ofSeconds(20));
    }

    private static String hashed(String name, int number) throws Exception {
        byte[] salt = new byte[20];
        salt[0] = (byte) number;
        salt[1] = (byte) (number >> 8);
        Mac mac = Mac.getInstance("HmacSHA1");
        mac.init(new SecretKeySpec(salt, "HmacSHA1"));
        Base64.Encoder base64 = Base64.getEncoder();
        return "|1|"
                + base64.encodeToString(salt)
                + "|"
                + base64.encodeToString(mac.doFinal(name.getBytes(StandardCharsets.UTF_8)))
                + " "
                + key(number);
    }

    @Test
    void oneBadLineDoesNotDisableTheFile() throws IOException {
        KnownHosts known =
                read(
                        List.of(
                                "h1",
                                "h1 ssh-ed25519 !!!",
                                "h1 ssh-rsa " + key(1).split(" ", -1)[1],
                                "@what h1 " + key(1),
                                "|2|a|b " + key(1),
                                "h1 " + key(2)));
        assertThat(known.of("h1", 22).keys()).hasSize(1);
    }

    @Test
    void prefersAlgorithmsOfKnownKeys() throws IOException {
        HostKeys keys = read(List.of("h1 " + key(1))).of("h1", 22);
        assertThat(
                        keys.prefer(
                                List.of(
                                        "ssh-ed25519-cert-v01@openssh.com",
                                        "rsa-sha2-512",
                                        "ssh-ed25519"),
                                name -> name))
                .startsWith("ssh-ed25519");
    }
}
