package org.jetfanout.it.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.testkit.Programs;

/** An authority and what it has signed, made by openssl in a folder. */
final class TestCertificates {
    /** Of the key stores, which Java wants to have. */
    static final String PASSWORD = "store-pass";

    private final Path folder;

    private TestCertificates(Path folder) {
        this.folder = folder;
    }

    /** Makes the authority {@code ca.pem}. */
    static TestCertificates in(Path folder) throws IOException {
        Files.createDirectories(folder);
        TestCertificates made = new TestCertificates(folder);
        made.openssl(
                "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 2 -subj /CN=ca"
                        + " -keyout ca.key -out ca.pem");
        // what openssl 3.0 makes of a certificate alone is trusted by no Java
        Programs.ok(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-importcert",
                "-noprompt",
                "-storetype",
                "PKCS12",
                "-keystore",
                made.file("ca.p12").toString(),
                "-storepass",
                PASSWORD,
                "-file",
                made.file("ca.pem").toString());
        return made;
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /**
     * Makes {@code NAME.pem}, {@code NAME.key} and {@code NAME.p12}.
     *
     * @param names subject alternative names
     */
    void sign(String name, String names) throws IOException {
        Files.writeString(file(name + ".ext"), "subjectAltName=" + names + "\n");
        openssl(
                "req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -subj /CN=%1$s -keyout %1$s.key -out %1$s.csr"
                        .formatted(name));
        openssl(
                "x509 -req -in %1$s.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 1 -extfile %1$s.ext -out %1$s.pem"
                        .formatted(name));
        openssl(
                "pkcs12 -export -in %1$s.pem -inkey %1$s.key -out %1$s.p12 -passout pass:%2$s"
                        .formatted(name, PASSWORD));
    }

    /** Parameters of an Artemis acceptor that shows what was signed under this name. */
    String acceptor(String name, boolean clients) {
        String key = "sslEnabled=true&keyStorePath=%s&keyStorePassword=%s&keyStoreType=PKCS12";
        String trust =
                "&needClientAuth=true&trustStorePath=%s&trustStorePassword=%s&trustStoreType=PKCS12";
        return key.formatted(file(name + ".p12"), PASSWORD)
                + (clients ? trust.formatted(file("ca.p12"), PASSWORD) : "");
    }

    private void openssl(String words) {
        Programs.ok("sh", "-c", "cd '%s' && openssl %s 2>&1".formatted(folder, words));
    }
}
