package org.jetfanout.queue;

import jakarta.jms.JMSException;
import jakarta.jms.JMSSecurityException;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.security.GeneralSecurityException;
import java.security.cert.CertPathBuilderException;
import java.security.cert.CertPathValidatorException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.jetfanout.queue.Broker.Address;

/**
 * Finds out why a broker cannot be used. The Artemis client always says only "cannot connect to
 * server(s)", so this class tries each address itself.
 */
final class BrokerTrouble {
    private static final int PATIENCE_MILLIS = 5_000;

    /**
     * How long a server may take to refuse a client certificate. In TLS 1.3 the refusal comes after
     * the handshake.
     */
    private static final int VERDICT_MILLIS = 3_000;

    private BrokerTrouble() {}

    /** The reason in one line, as a text that continues after the broker's name. */
    static String of(Broker broker, JMSException failure) {
        if (failure instanceof JMSSecurityException) {
            return login(broker, failure);
        }
        List<Optional<String>> found =
                broker.addresses().stream().map(address -> at(broker, address)).toList();
        String text =
                found.stream()
                        .flatMap(Optional::stream)
                        .distinct()
                        .collect(Collectors.joining("; "));
        // where one address can be reached, the reason is another one
        return text.isEmpty() || found.contains(Optional.<String>empty())
                ? failure.getMessage()
                : text;
    }

    private static String login(Broker broker, JMSException failure) {
        String message = String.valueOf(failure.getMessage());
        if (message.contains("AMQ229032")) {
            return "user '" + broker.user() + "' lacks a permission: " + message;
        }
        return broker.user().isEmpty()
                ? "the broker requires a login: set user and password in --broker-config"
                : "user '" + broker.user() + "': the user name or the password is wrong";
    }

    /** Why an address cannot be reached; empty where it can. */
    private static Optional<String> at(Broker broker, Address address) {
        boolean connected = false;
        try (Socket plain = new Socket()) {
            plain.connect(new InetSocketAddress(address.host(), address.port()), PATIENCE_MILLIS);
            connected = true;
            plain.setSoTimeout(PATIENCE_MILLIS);
            if (broker.tls().isEmpty()) {
                return speaksTls(plain, address)
                        ? Optional.of(
                                address
                                        + " speaks TLS: set 'tls: true' or 'ca:' in --broker-config")
                        : Optional.empty();
            }
            shakeHands(plain, address, broker.tls().get());
            return Optional.empty();
        } catch (UnknownHostException e) {
            return Optional.of("no such host: " + address.host());
        } catch (SocketTimeoutException e) {
            return Optional.of(
                    address
                            + " does not answer within "
                            + PATIENCE_MILLIS / 1000
                            + (connected ? " s (perhaps it does not speak TLS)" : " s"));
        } catch (ConnectException e) {
            return Optional.of(
                    address
                            + (String.valueOf(e.getMessage()).contains("refused")
                                    ? " refused the connection: no program listens there"
                                    : ": " + e.getMessage()));
        } catch (SSLException e) {
            return Optional.of(address + " " + tls(e));
        } catch (IOException e) {
            return Optional.of(address + ": " + e.getMessage());
        }
    }

    private static void shakeHands(Socket plain, Address address, SSLContext context)
            throws IOException {
        try (SSLSocket socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket(plain, address.host(), address.port(), true)) {
            SSLParameters parameters = socket.getSSLParameters();
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
            socket.setSSLParameters(parameters);
            socket.startHandshake();
            socket.setSoTimeout(VERDICT_MILLIS);
            try {
                int none = socket.getInputStream().read();
                if (none < 0) {
                    throw new SSLException("closed the connection after the handshake");
                }
            } catch (SocketTimeoutException e) {
                // a broker sends nothing before the client does
            }
        }
    }

    private static boolean speaksTls(Socket plain, Address address) {
        try {
            shakeHands(plain, address, SSLContext.getDefault());
            return true;
        } catch (SSLException e) {
            return cause(e, CertificateException.class).isPresent();
        } catch (IOException | GeneralSecurityException e) {
            return false;
        }
    }

    private static String tls(SSLException failure) {
        String message = String.valueOf(failure.getMessage());
        if (cause(failure, CertificateExpiredException.class).isPresent()
                || cause(failure, CertificateNotYetValidException.class).isPresent()) {
            return "presents a certificate that has expired or is not yet valid: " + root(failure);
        }
        if (cause(failure, CertPathBuilderException.class).isPresent()
                || cause(failure, CertPathValidatorException.class).isPresent()) {
            return "presents a certificate that is not trusted. Set 'ca:' in --broker-config to"
                    + " the file with the certificates to trust";
        }
        Optional<CertificateException> name = cause(failure, CertificateException.class);
        if (name.isPresent()) {
            String said = String.valueOf(name.get().getMessage());
            return said.contains("No name") || said.contains("No subject alternative")
                    ? "presents a certificate for another name: " + said
                    : "presents a certificate that is not trusted: " + said;
        }
        if (message.contains("certificate_required")
                || message.contains("bad_certificate")
                || message.contains("handshake_failure")
                || message.contains("certificate_unknown")
                || message.contains("unknown_ca")) {
            return "requires a client certificate that it trusts (set 'certificate:' and 'key:'"
                    + " in --broker-config): "
                    + message;
        }
        if (message.contains("Unsupported or unrecognized")
                || failure.getCause() instanceof EOFException
                || message.contains("terminated the handshake")) {
            return "does not speak TLS: " + message;
        }
        return "does not complete the TLS handshake: " + message;
    }

    private static String root(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return root.getMessage();
    }

    private static <T extends Throwable> Optional<T> cause(Throwable failure, Class<T> type) {
        for (Throwable cause = failure; cause != null; cause = cause.getCause()) {
            if (type.isInstance(cause)) {
                return Optional.of(type.cast(cause));
            }
        }
        return Optional.empty();
    }
}
