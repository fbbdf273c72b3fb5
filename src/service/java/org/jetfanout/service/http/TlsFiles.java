package org.jetfanout.service.http;

import io.vertx.core.Vertx;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.SSLOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManagerFactory;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PemFiles;
import org.jetfanout.service.config.ServiceConfig;
import org.jetfanout.site.yaml.YamlValue;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The certificate and key of the server: {@code tls:} of service.yml. New files are taken without a
 * restart. Immutable but for what it has seen of the files.
 */
final class TlsFiles {
    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);
    private static final Set<String> KEYS = Set.of("certificate", "key");
    private static final long LOOK_MILLIS = 30_000;

    private final YamlValue section;
    private final Path certificate;
    private final Path key;

    // Mutable state, of the event loop
    private String seen;

    private TlsFiles(YamlValue section, Path certificate, Path key) {
        this.section = section;
        this.certificate = certificate;
        this.key = key;
        this.seen = times();
    }

    /** The files that service.yml names; empty where it has no {@code tls:}. */
    static Optional<TlsFiles> of(ServiceConfig config) {
        return config.section("tls")
                .map(
                        section -> {
                            Map<String, YamlValue> keys = ServiceConfig.keys(section, "tls", KEYS);
                            if (keys.size() < KEYS.size()) {
                                throw section.error(
                                        "tls must have certificate and key, two PEM files");
                            }
                            return new TlsFiles(
                                    section,
                                    config.path(keys.get("certificate"), "certificate"),
                                    config.path(keys.get("key"), "key"));
                        });
    }

    /** The key and certificate as they are now. */
    KeyCertOptions read() {
        try {
            List<Certificate> chain = PemFiles.certificates(certificate);
            PrivateKey secret = PemFiles.privateKey(key);
            if (!chain.get(0).getPublicKey().getAlgorithm().equals(secret.getAlgorithm())) {
                throw new IllegalArgumentException(
                        key + " is not the key of the certificate in " + certificate);
            }
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            store.setKeyEntry("own", secret, new char[0], chain.toArray(Certificate[]::new));
            KeyManagerFactory factory =
                    KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
            factory.init(store, new char[0]);
            return KeyCertOptions.wrap(factory);
        } catch (IllegalArgumentException e) {
            throw section.error("tls: " + e.getMessage());
        } catch (GeneralSecurityException | IOException e) {
            throw section.error("tls: cannot use " + certificate + ": " + e.getMessage());
        }
    }

    /** Takes new files as soon as both are there and fit. */
    void follow(Vertx vertx, io.vertx.core.http.HttpServer server) {
        vertx.setPeriodic(
                LOOK_MILLIS,
                tick -> {
                    String now = times();
                    if (!now.equals(seen)) {
                        seen = now;
                        renew(server);
                    }
                });
    }

    private void renew(io.vertx.core.http.HttpServer server) {
        try {
            server.updateSSLOptions(new SSLOptions().setKeyCertOptions(read()))
                    .onSuccess(done -> LOG.info("took the new certificate of {}", certificate))
                    .onFailure(e -> LOG.warn("the new certificate cannot be used", e));
        } catch (ConfigurationException e) {
            LOG.warn("the new certificate cannot be used, the old one stays: {}", e.getMessage());
        }
    }

    private String times() {
        try {
            return Files.getLastModifiedTime(certificate) + " " + Files.getLastModifiedTime(key);
        } catch (IOException e) {
            return "";
        }
    }
}
