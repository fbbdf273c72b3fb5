package org.jetfanout.job;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jetfanout.record.Frame;
import org.jetfanout.runner.Stream;
import org.jetfanout.testkit.WorkerShell;

/** Does for a job what the pipeline does: runs its commands on a worker and stores its frames. */
final class Drive {
    final Job job;
    final ByteArrayOutputStream output = new ByteArrayOutputStream();
    final ByteArrayOutputStream events = new ByteArrayOutputStream();
    final List<Frame> frames = new ArrayList<>();
    int connections;

    private final WorkerShell worker;
    private final byte[] bundle;

    /** Goes behind the bundle. */
    byte[] payload = {};

    /** So many bytes of the payload are sent in all connections together, before they break. */
    long sentBeforeBreak = Long.MAX_VALUE;

    /** Bytes of the payload that were sent, in all connections. */
    volatile long sent;

    /** Says after each piece whether the connection breaks now. */
    Predicate<Drive> breaks = drive -> false;

    @SuppressWarnings("ArrayRecordComponent")
    private record Piece(boolean stderr, byte[] bytes) {}

    Drive(WorkerShell worker, Job job, byte[] bundle) {
        this.worker = worker;
        this.job = job;
        this.bundle = bundle;
    }

    static Drive of(WorkerShell worker, JobSpec spec) {
        return new Drive(
                worker,
                new Job(spec, 0, 0, false),
                WorkerShell.bundle(spec, java.util.Map.of("playbook.yml", "- name: play\n")));
    }

    /** Until the job has ended. */
    JobEnd run() {
        while (job.open()) {
            connect();
        }
        return job.end();
    }

    /** One command, to its end or break. */
    void connect() {
        WorkerShell.pause(Math.min(job.pause().toMillis(), 50));
        connections++;
        String command = job.command();
        Process process = worker.exec(command);
        LinkedBlockingQueue<Piece> pieces = new LinkedBlockingQueue<>();
        Thread out = pump(process.getInputStream(), false, pieces);
        Thread err = pump(process.getErrorStream(), true, pieces);
        CountDownLatch goes = new CountDownLatch(job.wantsBundle() ? 1 : 0);
        LinkedBlockingQueue<byte[]> decisions = new LinkedBlockingQueue<>();
        job.decisionsGoTo(decisions::add);
        Thread in = feed(process, goes, decisions);
        try {
            boolean cut = false;
            while (!job.over() && !cut && (out.isAlive() || err.isAlive() || !pieces.isEmpty())) {
                Piece piece = pieces.poll(20, TimeUnit.MILLISECONDS);
                if (piece != null) {
                    store(job.read(piece.stderr, piece.bytes));
                }
                store(job.flush());
                if (job.takesBundle()) {
                    goes.countDown();
                }
                cut = breaks.test(this) || job.overdue();
            }
            if (cut) {
                cut(process);
                job.broken(new IOException("cut by the test"));
            } else if (job.over()) {
                process.getOutputStream().close();
            } else {
                store(job.closed(OptionalInt.of(process.waitFor())));
            }
            // what still holds the pipes is read to its end beside this, as by an sshd that hangs
            // up
            in.interrupt();
        } catch (InterruptedException | IOException e) {
            throw new IllegalStateException(e);
        }
    }

    /** As sshd does when its connection breaks; once the job runs, its follower dies as well. */
    private void cut(Process process) throws IOException {
        List<ProcessHandle> tails =
                process.descendants()
                        .filter(child -> child.info().command().orElse("").endsWith("/tail"))
                        .toList();
        if (job.started() && connections % 4 == 0) {
            process.destroyForcibly();
        } else if (job.started()) {
            process.destroy();
        }
        tails.forEach(ProcessHandle::destroyForcibly);
        process.getOutputStream().close();
    }

    private void store(List<Frame> more) {
        for (Frame frame : more) {
            ByteArrayOutputStream stored = frame.stream() == Stream.OUTPUT ? output : events;
            if (frame.offset() != stored.size()) {
                throw new AssertionError(
                        frame.stream() + " at " + frame.offset() + ", stored " + stored.size());
            }
            stored.writeBytes(frame.bytes());
            frames.add(frame);
        }
    }

    private Thread feed(
            Process process, CountDownLatch goes, LinkedBlockingQueue<byte[]> decisions) {
        boolean wanted = job.wantsBundle();
        boolean withPayload = job.hasPayload();
        boolean staysOpen = job.wantsStdin() && job.waitsBetweenPlays();
        return started(
                () -> {
                    try (OutputStream stdin = process.getOutputStream()) {
                        goes.await();
                        if (wanted && (staysOpen || withPayload)) {
                            stdin.write(("bundle " + bundle.length + "\n").getBytes(UTF_8));
                        }
                        if (wanted) {
                            stdin.write(bundle);
                        }
                        if (wanted && withPayload) {
                            sendPayload(stdin);
                        }
                        while (staysOpen) {
                            stdin.flush();
                            stdin.write(decisions.take());
                        }
                    } catch (IOException | InterruptedException e) {
                        // the worker need not read it all, or any
                    }
                });
    }

    private void sendPayload(OutputStream stdin) throws IOException {
        int at = (int) job.payloadFrom();
        while (at < payload.length && sent < sentBeforeBreak) {
            int count = Math.min(10_000, payload.length - at);
            stdin.write(payload, at, count);
            at += count;
            long before = sent; // only this thread writes it
            sent = before + count;
        }
        if (at == payload.length) {
            job.payloadSent();
        }
    }

    private static Thread pump(
            InputStream from, boolean stderr, LinkedBlockingQueue<Piece> pieces) {
        return started(
                () -> {
                    byte[] buffer = new byte[20_000];
                    try {
                        for (int n = from.read(buffer); n >= 0; n = from.read(buffer)) {
                            pieces.add(new Piece(stderr, java.util.Arrays.copyOf(buffer, n)));
                        }
                    } catch (IOException e) {
                        // closed
                    }
                });
    }

    private static Thread started(Runnable task) {
        Thread thread = new Thread(task);
        thread.setDaemon(true);
        thread.start();
        return thread;
    }
}
