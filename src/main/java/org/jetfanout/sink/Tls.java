package org.jetfanout.sink;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jetfanout.machine.PemFiles;

/**
 * TLS by PEM files: {@code ca} names the certificates that are trusted (without it those of the
 * JDK), {@code certificate} and {@code key} (PKCS #8, not encrypted) are shown to servers that ask
 * for one.
 */
public final class Tls {
    /** The keys of a sink's settings that are read here. */
    public static final Set<String> KEYS = Set.of("ca", "certificate", "key");

    private Tls() {}

    /** TLS as a sink's settings want it. */
    public static SSLContext context(SinkSettings settings) {
        List<Certificate> trusted =
                settings.file("ca")
                        .map(file -> read(settings, "ca", file, PemFiles::certificates))
                        .orElse(List.of());
        Optional<Path> certificate = settings.file("certificate");
        Optional<Path> key = settings.file("key");
        if (certificate.isEmpty() && key.isPresent()) {
            throw settings.wrong("key", "requires " + settings.sink() + ".certificate");
        }
        if (key.isEmpty() && certificate.isPresent()) {
            throw settings.wrong("certificate", "requires " + settings.sink() + ".key");
        }
        try {
            if (key.isEmpty()) {
                return PemFiles.context(trusted);
            }
            return PemFiles.context(
                    trusted,
                    read(settings, "certificate", certificate.get(), PemFiles::certificates),
                    read(settings, "key", key.get(), PemFiles::privateKey));
        } catch (GeneralSecurityException e) {
            throw settings.wrong("ca", e.getMessage());
        }
    }

    private static <T> T read(
            SinkSettings settings, String name, Path file, Function<Path, T> reading) {
        try {
            return reading.apply(file);
        } catch (IllegalArgumentException e) {
            throw settings.wrong(name, e.getMessage());
        }
    }

    /**
     * Stops a sink whose peer is not to be trusted; for any other failure does nothing.
     *
     * @param sink its name
     * @param url of the peer
     * @param failure by which the connection ended
     */
    public static void requireTrusted(String sink, String url, Throwable failure)
            throws SinkStoppedException {
        if (isUntrusted(failure)) {
            throw new SinkStoppedException(
                    ("%s presents a certificate that is not trusted or has another name: %s. Set"
                                    + " %s.ca to the file with the certificates to trust")
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
}
