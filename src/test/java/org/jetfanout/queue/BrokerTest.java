package org.jetfanout.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.jetfanout.ConfigurationException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class BrokerTest {
    @TempDir private Path folder;

    private Path file(String text) throws IOException {
        return Files.writeString(folder.resolve("broker.yml"), text);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://broker:61616",
                "tcp://127.0.0.1:5445/",
                "tcp://[::1]:61616?connectionTTL=1000",
                "(tcp://one:61616,tcp://two:61616)?ha=true",
                "tcp://broker:61616?sslEnabled=true&trustStorePath=/ca.p12"
            })
    void urlsThatCanBeUsed(String url) {
        assertThat(Broker.of(url, Map.of()).url()).isEqualTo(url);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "broker",
                "broker:61616",
                "tcp://",
                "tcp://broker",
                "tcp:broker:1",
                "tcp://a b:1",
                "amqp://broker:5672",
                "http://broker:80",
                "ssl://broker:61617",
                "vm://0",
                "failover:(tcp://a:1,tcp://b:2)",
                "(tcp://one:61616",
                "(tcp://one:1,http://two:2)",
                "TCP://broker:61616",
                "tcp://broker:616166"
            })
    void urlsThatCannot(String url) {
        assertThatThrownBy(() -> Broker.of(url, Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(
                        "the broker URL '" + url + "' cannot be used: it must be like tcp://");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "tcp://broker:61616?trustStorePassword=s3cret",
                "tcp://broker:61616?a=b&password=s3cret",
                "tcp://broker:61616?keyStore%50assword=s3cret",
                "(tcp://a:1,tcp://b:2)?KEYSTOREPASSWORD=s3cret",
                "tcp://user:s3cret@broker:61616",
                "amqp://user:s3cret@broker:61616",
                "tcp://broker:61616?clientSecret=s3cret"
            })
    void secretsInAUrlAreRefusedAndNotShown(String url) {
        assertThatThrownBy(() -> Broker.of(url, Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageContaining("--broker-config FILE")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void aFileAndTheEnvironmentThatWinsOverIt() throws IOException {
        Path file =
                file(
                        """
                        broker:
                          url: tcp://queue:61616
                          user: fan
                          password: 'a\\b"c'
                          tls: true
                          shared_key: keys/instances.key
                          instance_timeout: 1m30s
                        """);
        Broker broker = Broker.read(file, Map.of());
        assertThat(broker.url()).isEqualTo("tcp://queue:61616");
        assertThat(broker.user()).isEqualTo("fan");
        assertThat(broker.password()).isEqualTo("a\\b\"c");
        assertThat(broker.tls()).isPresent();
        assertThat(broker.sharedKey()).contains(folder.resolve("keys/instances.key"));
        assertThat(broker.instanceTimeout()).hasSeconds(90);
        assertThat(broker.toString()).doesNotContain("a\\b");
        assertThat(Broker.read(file, Map.of("JET_FANOUT_BROKER_PASSWORD", "other")).password())
                .isEqualTo("other");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "broker:\\n  urll: tcp://q:1|:2: unknown key 'urll' (nearest: 'url')",
                "brokr:\\n  url: tcp://q:1|:2: unknown key 'brokr'",
                "broker:\\n  user: x|:2: broker has no 'url:'",
                "broker:\\n  url: amqp://q:1|:2: url 'amqp://q:1' cannot be used",
                "broker:\\n  url: tcp://q:1?password=geheim|:2: url contains a login or a password",
                "broker:\\n"
                        + "  url: tcp://q:1\\n"
                        + "  tls: maybe|:3: tls must be true or false, not 'maybe'",
                "broker:\\n  url: tcp://q:1\\n  ca: none.pem|:3: ca: cannot read ",
                "broker:\\n  url: tcp://q:1\\n  ca: broker.yml|holds no certificate in PEM form",
                "broker:\\n  url: tcp://q:1\\n  key: broker.yml|holds no private key in PEM form",
                "broker:\\n  url: tcp://q:1\\n  shared_key: ' '|:3: shared_key must be the name of a file",
                "broker:\\n"
                        + "  url: tcp://q:1\\n"
                        + "  shared_key: k\\n"
                        + "  instance_timeout: 0s|:4: instance_timeout must be from 1s to 5m, not",
                "broker:\\n"
                        + "  url: tcp://q:1\\n"
                        + "  shared_key: k\\n"
                        + "  instance_timeout: soon|:4: instance_timeout must be a duration such as",
                "broker:\\n"
                        + "  url: tcp://q:1\\n"
                        + "  instance_timeout: 9s|:3: 'instance_timeout' requires 'shared_key'",
                "broker: []|broker must be a mapping",
                "''|is empty; it must have 'broker:'"
            })
    void filesThatCannotBeUsed(String text, String said) throws IOException {
        Path file = file(text.replace("\\n", "\n"));
        assertThatThrownBy(() -> Broker.read(file, Map.of()))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith(file.toString())
                .hasMessageContaining(said)
                .hasMessageNotContaining("geheim");
    }

    @Test
    void othersThatMayReadItAreWarnedOf() throws IOException {
        Path file = file("broker: {}");
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        assertThat(Broker.warning(file))
                .hasValueSatisfying(line -> assertThat(line).contains("chmod 600 " + file));
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
        assertThat(Broker.warning(file)).isEmpty();
    }
}
