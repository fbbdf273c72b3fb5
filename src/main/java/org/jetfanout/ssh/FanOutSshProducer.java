package org.jetfanout.ssh;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.InputStream;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import org.apache.camel.Exchange;
import org.apache.camel.InvalidPayloadException;
import org.apache.camel.Message;
import org.apache.camel.component.ssh.SshConstants;
import org.apache.camel.support.DefaultProducer;
import org.apache.camel.support.SynchronizationAdapter;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.WorkerUnreachableException.Cause;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.ssh.config.Destination;

/** Runs the message's body as a command on a worker. Thread-safe: it has no state. */
final class FanOutSshProducer extends DefaultProducer {
    /** The most bytes that a command may print where its output is not streamed. */
    private static final int MAX_OUTPUT = 16 * 1024 * 1024;

    private final FanOutSshEndpoint endpoint;
    private final FanOutSshComponent component;

    FanOutSshProducer(FanOutSshEndpoint endpoint, FanOutSshComponent component) {
        super(endpoint);
        this.endpoint = endpoint;
        this.component = component;
    }

    @Override
    public void process(Exchange exchange) throws InvalidPayloadException {
        Message message = exchange.getMessage();
        String command = message.getMandatoryBody(String.class);
        Optional<InputStream> stdin = take(message, SshHeaders.STDIN, InputStream.class);
        Optional<GuardPolicy> guard =
                take(message, SshHeaders.GUARD, GuardPolicy.class)
                        .filter(policy -> endpoint.isForwardAgent());
        Set<String> forHosts =
                take(message, SshHeaders.FOR_HOSTS, List.class)
                        .map(FanOutSshProducer::texts)
                        .orElse(Set.of());
        try {
            run(exchange, command, stdin, guard, forHosts);
        } catch (RuntimeException e) {
            stdin.ifPresent(ExecStream::closeQuietly);
            throw e;
        }
    }

    private void run(
            Exchange exchange,
            String command,
            Optional<InputStream> stdin,
            Optional<GuardPolicy> guard,
            Set<String> forHosts) {
        Message message = exchange.getMessage();
        Deadlines deadlines =
                message.getHeader(SshHeaders.DEADLINES, endpoint.deadlines(), Deadlines.class);
        SshSession session;
        try {
            session =
                    component.connections().open(destination(message), deadlines, guard, forHosts);
        } catch (ConfigurationException e) { // a bad address concerns this worker only
            throw new WorkerUnreachableException(Cause.CONFIGURATION, e.getMessage(), e);
        }
        exchange.getExchangeExtension()
                .addOnCompletion(
                        new SynchronizationAdapter() {
                            @Override
                            public void onDone(Exchange done) {
                                session.close();
                            }
                        });
        message.setHeader(SshHeaders.LOGIN_KEY, session.loginKey());
        message.setHeader(SshHeaders.ENCRYPTION, session.encryption());
        ExecStream stream;
        try {
            stream = session.exec(command, stdin);
        } catch (RuntimeException e) {
            session.close(); // not at the end of the exchange, which may try for hours
            throw e;
        }
        if (endpoint.isStream()) {
            message.setBody(stream);
        } else {
            collect(stream, session, message);
        }
    }

    private Destination destination(Message message) {
        String host = message.getHeader(SshHeaders.HOST, endpoint.getHost(), String.class);
        return new Destination(
                message.getHeader(SshHeaders.WORKER, host, String.class),
                host,
                message.getHeader(SshHeaders.PORT, endpoint.getPort(), Integer.class),
                message.getHeader(SshHeaders.USER, endpoint.getUsername(), String.class));
    }

    private static Set<String> texts(List<?> list) {
        return list.stream().map(Object::toString).collect(Collectors.toSet());
    }

    private static <T> Optional<T> take(Message message, String header, Class<T> type) {
        T value = message.getHeader(header, type);
        message.removeHeader(header);
        return Optional.ofNullable(value);
    }

    /**
     * Collects the output as camel-ssh does, but reports lost output and too much output as errors.
     */
    private static void collect(ExecStream stream, SshSession session, Message message) {
        ByteArrayOutputStream stdout = new ByteArrayOutputStream();
        ByteArrayOutputStream stderr = new ByteArrayOutputStream();
        while (stream.hasNext()) {
            Chunk chunk = stream.next();
            (chunk.stderr() ? stderr : stdout).writeBytes(chunk.bytes());
            if (stdout.size() + stderr.size() > MAX_OUTPUT) {
                stream.close();
                throw session.exception(
                        Cause.CHANNEL, "more output than 16 MiB: use stream=true", null);
            }
        }
        OptionalInt status = stream.exitStatus();
        if (status.isEmpty()) {
            throw stream.loss()
                    .orElseGet(
                            () ->
                                    session.exception(
                                            Cause.LOST,
                                            "the command was killed by signal "
                                                    + stream.exitSignal().orElse("?"),
                                            null));
        }
        session.close();
        message.setBody(new ByteArrayInputStream(stdout.toByteArray()));
        message.setHeader(SshConstants.STDERR, new ByteArrayInputStream(stderr.toByteArray()));
        message.setHeader(SshConstants.EXIT_VALUE, status.getAsInt());
    }
}
