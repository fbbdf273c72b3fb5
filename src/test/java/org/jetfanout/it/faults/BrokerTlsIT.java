package org.jetfanout.it.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jetfanout.ConfigurationException;
import org.jetfanout.link.Link;
import org.jetfanout.link.LinkMessage;
import org.jetfanout.link.Received;
import org.jetfanout.link.SharedKey;
import org.jetfanout.queue.Broker;
import org.jetfanout.queue.ExternalQueue;
import org.jetfanout.testkit.FreePort;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Why a real broker with TLS and logins cannot be used: each cause is told as what it is. */
class BrokerTlsIT {
    private static final String LOGIN = "  user: fan\n  password: geheim\n";

    @TempDir private static Path folder;
    private static TestCertificates certificates;
    private static BrokerProcess plain;
    private static BrokerProcess tls;
    private static BrokerProcess mutual;
    private static BrokerProcess wrongName;

    @BeforeAll
    static void startBrokers() throws IOException {
        certificates = TestCertificates.in(folder.resolve("one"));
        certificates.sign("server", "IP:127.0.0.1");
        certificates.sign("elsewhere", "DNS:queue.example.org");
        certificates.sign("client", "DNS:client");
        plain = BrokerProcess.start(folder.resolve("plain"), "login=fan:geheim");
        tls = start("tls", "server", false);
        mutual = start("mutual", "server", true);
        wrongName = start("wrong", "elsewhere", false);
    }

    private static BrokerProcess start(String name, String shown, boolean clients)
            throws IOException {
        return BrokerProcess.start(
                folder.resolve(name),
                "login=fan:geheim",
                "acceptor=" + certificates.acceptor(shown, clients));
    }

    @AfterAll
    static void stopBrokers() {
        plain.close();
        tls.close();
        mutual.close();
        wrongName.close();
    }

    private static void open(String url, String more) throws IOException {
        Path file = folder.resolve("one/broker.yml");
        Files.writeString(file, "broker:\n  url: " + url + "\n" + more);
        new ExternalQueue(Broker.read(file, Map.of()), 1).close();
    }

    private static void fails(String url, String more, String... said) {
        assertThatThrownBy(() -> open(url, more))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("cannot use the broker " + url + ": ")
                .hasMessageNotContaining("geheim")
                .hasMessageNotContaining("\n")
                .satisfies(e -> assertThat(e.getMessage()).contains(said));
    }

    @Test
    void whoIsRightIsLetIn() throws IOException {
        open(plain.url(), LOGIN);
        open(tls.url(), LOGIN + "  ca: ca.pem\n");
        open(mutual.url(), LOGIN + "  ca: ca.pem\n  certificate: client.pem\n  key: client.key\n");
    }

    @Test
    void instancesTalkOverTls() throws Exception {
        Path key = folder.resolve("shared.key");
        SharedKey.make(key);
        Path file = folder.resolve("one/link.yml");
        Files.writeString(
                file,
                "broker:\n  url: "
                        + mutual.url()
                        + "\n"
                        + LOGIN
                        + "  ca: ca.pem\n  certificate: client.pem\n  key: client.key\n"
                        + "  shared_key: ../shared.key\n");
        Broker broker = Broker.read(file, Map.of());
        SharedKey shared = SharedKey.read(broker.sharedKey().orElseThrow());
        BlockingQueue<Received> inbox = new LinkedBlockingQueue<>();
        try (Link one = Link.open(broker, shared, "one");
                Link two = Link.open(broker, shared, "two")) {
            two.onMessage(inbox::add);
            one.send(two.address(), new LinkMessage("TEST", JsonNodeFactory.instance.objectNode()));
            Received received = inbox.poll(1, TimeUnit.MINUTES);
            assertThat(received).isNotNull();
            assertThat(received.sender()).isEqualTo(one.me());
        }
    }

    @Test
    void aLinkSaysWhyTheBrokerCannotBeUsed() {
        Path key = folder.resolve("another.key");
        SharedKey.make(key);
        Broker wrong =
                new Broker(
                        plain.url(),
                        "fan",
                        "x",
                        Optional.empty(),
                        Optional.of(key),
                        Broker.USUAL_INSTANCE_TIMEOUT);
        assertThatThrownBy(() -> Link.open(wrong, SharedKey.read(key), "one"))
                .isInstanceOf(ConfigurationException.class)
                .hasMessageStartingWith("cannot use the broker " + plain.url() + ": ")
                .hasMessageContaining("the password is wrong");
    }

    @Test
    void aWrongLogin() {
        fails(
                plain.url(),
                "  user: fan\n  password: x\n",
                "user 'fan': the user name or the" + " password is wrong");
        fails(
                tls.url(),
                "  user: you\n  ca: ca.pem\n",
                "user 'you': the user name or the" + " password is wrong");
        fails(plain.url(), "", "the broker requires a login");
    }

    @Test
    void aCertificateThatIsNotTrusted() throws IOException {
        fails(tls.url(), LOGIN + "  tls: true\n", "not trusted. Set 'ca:'");
        TestCertificates others = TestCertificates.in(folder.resolve("other"));
        fails(tls.url(), LOGIN + "  ca: " + others.file("ca.pem") + "\n", "not trusted. Set 'ca:'");
    }

    @Test
    void aCertificateOfAnotherName() {
        fails(wrongName.url(), LOGIN + "  ca: ca.pem\n", "a certificate for another name: ");
    }

    @Test
    void aBrokerThatWantsToSeeACertificate() {
        fails(mutual.url(), LOGIN + "  ca: ca.pem\n", "requires a client certificate");
    }

    @Test
    void oneSpeaksTlsAndTheOtherDoesNot() {
        fails(tls.url(), LOGIN, "speaks TLS: ");
        fails(plain.url(), LOGIN + "  ca: ca.pem\n", "TLS");
    }

    @Test
    void nothingIsThere() throws IOException {
        int port = FreePort.next();
        fails("tcp://127.0.0.1:" + port, LOGIN, "refused the connection");
        fails("tcp://127.0.0.1:" + port, LOGIN + "  ca: ca.pem\n", "refused the connection");
        fails("tcp://no-such-host.invalid:61616", LOGIN, "no such host: no-such-host.invalid");
        fails(
                "(tcp://127.0.0.1:" + port + ",tcp://no-such-host.invalid:1)",
                "",
                "refused the connection",
                "no such host");
    }
}
