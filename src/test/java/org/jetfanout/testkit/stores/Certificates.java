package org.jetfanout.testkit.stores;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import org.jetfanout.testkit.Programs;

/**
 * A certificate authority and a certificate of one name, made by openssl, in PEM files.
 *
 * @param ca certificate of the authority
 * @param certificate signed by it
 * @param key of the certificate, PKCS #8
 * @param store certificate and key as PKCS #12, without password
 */
public record Certificates(Path ca, Path certificate, Path key, Path store) {
    /** Makes them in a folder. */
    public static Certificates of(Path folder, String name) throws IOException {
        Files.createDirectories(folder);
        Path ca = folder.resolve("ca.pem");
        Path caKey = folder.resolve("ca.key");
        Path certificate = folder.resolve("server.pem");
        Path key = folder.resolve("server.key");
        Path request = folder.resolve("server.csr");
        Path store = folder.resolve("server.p12");
        Path extension =
                Files.writeString(
                        folder.resolve("extension"),
                        "subjectAltName="
                                + (name.matches("[0-9.]+") ? "IP:" : "DNS:")
                                + name
                                + "\n");
        Programs.ok(
                words(
                        "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
                                + " -days 2 -subj /CN=test-ca -keyout %s -out %s",
                        caKey, ca));
        Programs.ok(
                words(
                        "openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes"
                                + " -subj /CN=%s -keyout %s -out %s",
                        name, key, request));
        Programs.ok(
                words(
                        "openssl x509 -req -days 2 -in %s -CA %s -CAkey %s -CAcreateserial"
                                + " -extfile %s -out %s",
                        request, ca, caKey, extension, certificate));
        Programs.ok(
                words(
                        "openssl pkcs12 -export -in %s -inkey %s -passout pass: -out %s",
                        certificate, key, store));
        return new Certificates(ca, certificate, key, store);
    }

    /** The TLS context of a server with this certificate. */
    public SSLContext identity() throws GeneralSecurityException, IOException {
        KeyStore opened = KeyStore.getInstance("PKCS12");
        try (var in = Files.newInputStream(store)) {
            opened.load(in, new char[0]);
        }
        KeyManagerFactory keys =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        keys.init(opened, new char[0]);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), null, null);
        return context;
    }

    private static String[] words(String form, Object... values) {
        String[] words = form.split(" ");
        int next = 0;
        for (int i = 0; i < words.length; i++) {
            if (words[i].contains("%s")) {
                words[i] = words[i].replace("%s", values[next++].toString());
            }
        }
        return words;
    }
}
