package org.jetfanout.sink;

import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLPeerUnverifiedException;
import org.jetfanout.machine.PemFiles;

/**
 * TLS with PEM files. {@code ca} names the trusted certificates; without it, those of the JDK are
 * trusted. {@code certificate} and {@code key} (PKCS #8, not encrypted) are for servers that ask
 * for a client certificate.
 */
public final class Tls {
    private static final Setting<Path> CA =
            Setting.of("ca", SettingType.file(), "TLS: PEM file with the certificates to trust")
                    .without("the JDK's");

    private static final Setting<Path> CERTIFICATE =
            Setting.of(
                    "certificate",
                    SettingType.file(),
                    "TLS: PEM file with the certificate for a server that asks for one");

    private static final Setting<Path> KEY =
            Setting.of(
                    "key",
                    SettingType.file(),
                    "TLS: PEM file with the key of the certificate: PKCS #8, not encrypted");

    /** The settings that this class reads. */
    public static final List<Setting<?>> SETTINGS = List.of(CA, CERTIFICATE, KEY);

    private Tls() {}

    /** The TLS context of a sink's settings. */
    public static SSLContext context(SinkSettings settings) {
        List<Certificate> trusted =
                settings.find(CA)
                        .map(file -> read(settings, CA, file, PemFiles::certificates))
                        .orElse(List.of());
        Optional<Path> certificate = settings.find(CERTIFICATE);
        Optional<Path> key = settings.find(KEY);
        if (certificate.isEmpty() && key.isPresent()) {
            throw settings.wrong(KEY, "requires " + settings.sink() + ".certificate");
        }
        if (key.isEmpty() && certificate.isPresent()) {
            throw settings.wrong(CERTIFICATE, "requires " + settings.sink() + ".key");
        }
        try {
            if (key.isEmpty()) {
                return PemFiles.context(trusted);
            }
            return PemFiles.context(
                    trusted,
                    read(settings, CERTIFICATE, certificate.get(), PemFiles::certificates),
                    read(settings, KEY, key.get(), PemFiles::privateKey));
        } catch (GeneralSecurityException e) {
            throw settings.wrong(CA, e.getMessage());
        }
    }

    private static <T> T read(
            SinkSettings settings, Setting<?> setting, Path file, Function<Path, T> reading) {
        try {
            return reading.apply(file);
        } catch (IllegalArgumentException e) {
            throw settings.wrong(setting, e.getMessage());
        }
    }

    /**
     * Stops a sink whose peer is not trusted. Does nothing for any other failure.
     *
     * @param sink its name
     * @param url of the peer
     * @param failure that ended the connection
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
