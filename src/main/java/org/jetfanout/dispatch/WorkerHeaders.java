package org.jetfanout.dispatch;

import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.apache.camel.Message;
import org.jetfanout.JetHeaders;
import org.jetfanout.site.workers.Worker;
import org.jetfanout.ssh.Deadlines;
import org.jetfanout.ssh.SshHeaders;
import org.jetfanout.ssh.agent.GuardPolicy;

/** The headers that tell the ssh component about a worker. All routes use them. */
public final class WorkerHeaders {
    private WorkerHeaders() {}

    /**
     * Sets the headers of the next connection.
     *
     * @param connect how long connecting may take, and how long logging in may take
     * @param guard the policy for the user's agent; empty where none is forwarded
     * @param forHosts fingerprints of keys that must not log in to workers
     */
    public static void set(
            Message message,
            Worker worker,
            Duration connect,
            Optional<GuardPolicy> guard,
            List<String> forHosts) {
        message.setHeader(JetHeaders.WORKER, worker.name());
        message.setHeader(JetHeaders.WORKER_GROUP, worker.group());
        message.setHeader(SshHeaders.HOST, worker.address());
        message.setHeader(SshHeaders.PORT, worker.port());
        message.setHeader(SshHeaders.USER, worker.user());
        message.setHeader(SshHeaders.DEADLINES, new Deadlines(connect, connect));
        // the message may come from an earlier connection
        message.removeHeader(SshHeaders.STDIN);
        message.removeHeader(SshHeaders.GUARD);
        message.setHeader(SshHeaders.FOR_HOSTS, forHosts);
        guard.ifPresent(policy -> message.setHeader(SshHeaders.GUARD, policy));
    }
}
