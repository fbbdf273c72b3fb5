package org.jetfanout.sink;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * TLS by PEM files: {@code ca} names the certificates that are trusted (without it those of the
 * JDK), {@code certificate} and {@code key} (PKCS #8, not encrypted) are shown to servers that ask
 * for one.
 */
public final class Tls {
    /** The keys of a sink's settings that are read here. */
    public static final Set<String> KEYS = Set.of("ca", "certificate", "key");

    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "Ed25519");

    private Tls() {}

    /** TLS as a sink's settings want it. */
    public static SSLContext context(SinkSettings settings) {
        try {
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(own(settings), trusted(settings), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw settings.wrong("ca", e.getMessage());
        }
    }

    /**
     * Stops a sink whose peer is not to be trusted; for any other failure does nothing.
     *
     * @param sink its name
     * @param url of the peer
     * @param failure by which the connection ended
     */
    static void requireTrusted(String sink, String url, Throwable failure)
            throws SinkStoppedException {
        if (isUntrusted(failure)) {
            throw new SinkStoppedException(
                    "%s shows a certificate that is not trusted, or not its own: %s; %s.ca names the file with the certificates to trust"
                            .formatted(url, failure.getMessage(), sink));
        }
    }

    private static boolean isUntrusted(Throwable failure) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (cause instanceof CertificateException
                    || cause instanceof SSLPeerUnverifiedException) {
                return true;
            }
        }
        return false;
    }

    private static TrustManager[] trusted(SinkSettings settings) throws GeneralSecurityException {
        Optional<Path> ca = settings.file("ca");
        if (ca.isEmpty()) {
            return null;
        }
        KeyStore store = empty();
        for (Certificate certificate : certificates(settings, "ca", ca.get())) {
            store.setCertificateEntry("ca-" + store.size(), certificate);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
    }

    private static KeyManager[] own(SinkSettings settings) throws GeneralSecurityException {
        Optional<Path> certificate = settings.file("certificate");
        Optional<Path> key = settings.file("key");
        if (certificate.isEmpty() && key.isEmpty()) {
            return null;
        }
        if (certificate.isEmpty()) {
            throw settings.wrong("key", "needs " + settings.sink() + ".certificate as well");
        }
        if (key.isEmpty()) {
            throw settings.wrong("certificate", "needs " + settings.sink() + ".key as well");
        }
        KeyStore store = empty();
        store.setKeyEntry(
                "own",
                privateKey(settings, key.get()),
                new char[0],
                certificates(settings, "certificate", certificate.get())
                        .toArray(Certificate[]::new));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return factory.getKeyManagers();
    }

    private static KeyStore empty() throws GeneralSecurityException {
        try {
            KeyStore store = KeyStore.getInstance("PKCS12");
            store.load(null, null);
            return store;
        } catch (IOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private static Collection<? extends Certificate> certificates(
            SinkSettings settings, String key, Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            Collection<? extends Certificate> certificates =
                    CertificateFactory.getInstance("X.509").generateCertificates(in);
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (IOException e) {
            throw settings.wrong(key, "cannot read " + file + ": " + e.getMessage());
        } catch (CertificateException e) {
            // said below
        }
        throw settings.wrong(key, file + " holds no certificate in PEM form");
    }

    private static PrivateKey privateKey(SinkSettings settings, Path file)
            throws GeneralSecurityException {
        byte[] der;
        try {
            String text = Files.readString(file);
            int begin = text.indexOf("-----BEGIN PRIVATE KEY-----");
            int end = text.indexOf("-----END PRIVATE KEY-----");
            if (begin < 0 || end < begin) {
                throw notPkcs8(settings, file);
            }
            der =
                    Base64.getMimeDecoder()
                            .decode(
                                    text.substring(
                                            begin + "-----BEGIN PRIVATE KEY-----".length(), end));
        } catch (IOException e) {
            throw settings.wrong("key", "cannot read " + file + ": " + e.getMessage());
        } catch (IllegalArgumentException e) {
            throw notPkcs8(settings, file);
        }
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // another type, perhaps
            }
        }
        throw notPkcs8(settings, file);
    }

    private static RuntimeException notPkcs8(SinkSettings settings, Path file) {
        return settings.wrong(
                "key",
                file
                        + " holds no private key in PEM form (PKCS #8, not encrypted: \"BEGIN"
                        + " PRIVATE KEY\"; openssl pkcs8 -topk8 -nocrypt turns others into it)");
    }
}
