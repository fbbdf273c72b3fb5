package org.jetfanout.machine;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;

/**
 * Reads certificates and keys in PEM form. Each error is an {@link IllegalArgumentException} whose
 * message names the file and what is wrong.
 */
public final class PemFiles {
    private static final List<String> KEY_TYPES = List.of("RSA", "EC", "Ed25519");
    private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
    private static final String END = "-----END PRIVATE KEY-----";

    private PemFiles() {}

    /** All certificates of a file, which must contain at least one. */
    public static List<Certificate> certificates(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            List<Certificate> certificates =
                    List.copyOf(CertificateFactory.getInstance("X.509").generateCertificates(in));
            if (!certificates.isEmpty()) {
                return certificates;
            }
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (CertificateException e) {
            // reported below
        }
        throw new IllegalArgumentException(file + " holds no certificate in PEM form");
    }

    /** The private key of a file: PKCS #8, not encrypted. */
    public static PrivateKey privateKey(Path file) {
        byte[] der;
        try {
            String text = Files.readString(file);
            int begin = text.indexOf(BEGIN);
            int end = text.indexOf(END);
            if (begin < 0 || end < begin) {
                throw notPkcs8(file);
            }
            der = Base64.getMimeDecoder().decode(text.substring(begin + BEGIN.length(), end));
        } catch (IOException e) {
            throw unreadable(file, e);
        } catch (IllegalArgumentException e) {
            throw notPkcs8(file);
        }
        for (String type : KEY_TYPES) {
            try {
                return KeyFactory.getInstance(type).generatePrivate(new PKCS8EncodedKeySpec(der));
            } catch (InvalidKeySpecException e) {
                // the key may be of another type
            } catch (GeneralSecurityException e) {
                throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
            }
        }
        throw notPkcs8(file);
    }

    /** A TLS context that trusts these certificates, or those of the JDK where none is given. */
    public static SSLContext context(List<Certificate> trusted) throws GeneralSecurityException {
        return context(null, trusted);
    }

    /** A TLS context that also has a certificate of its own, for servers that ask for one. */
    public static SSLContext context(
            List<Certificate> trusted, List<Certificate> own, PrivateKey key)
            throws GeneralSecurityException {
        KeyStore store = empty();
        store.setKeyEntry("own", key, new char[0], own.toArray(Certificate[]::new));
        KeyManagerFactory factory =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        factory.init(store, new char[0]);
        return context(factory.getKeyManagers(), trusted);
    }

    private static SSLContext context(KeyManager[] own, List<Certificate> trusted)
            throws GeneralSecurityException {
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(own, trusted.isEmpty() ? null : trust(trusted), null);
        return context;
    }

    private static TrustManager[] trust(List<Certificate> trusted) throws GeneralSecurityException {
        KeyStore store = empty();
        for (Certificate certificate : trusted) {
            store.setCertificateEntry("ca-" + store.size(), certificate);
        }
        TrustManagerFactory factory =
                TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        factory.init(store);
        return factory.getTrustManagers();
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

    private static IllegalArgumentException unreadable(Path file, IOException e) {
        return new IllegalArgumentException(
                "cannot read "
                        + file
                        + ": "
                        + (e instanceof NoSuchFileException ? "no such file" : e.getMessage()),
                e);
    }

    private static IllegalArgumentException notPkcs8(Path file) {
        return new IllegalArgumentException(
                file
                        + " holds no private key in PEM form (PKCS #8, not encrypted: \"BEGIN"
                        + " PRIVATE KEY\"; openssl pkcs8 -topk8 -nocrypt converts other keys)");
    }
}
