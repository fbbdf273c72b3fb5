package org.jetfanout.job;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jetfanout.job.JobEnd.State;
import org.jetfanout.ssh.Chunk;
import org.jetfanout.ssh.ExecStream;
import org.jetfanout.ssh.HeldInput;
import org.jetfanout.ssh.SshConnections;
import org.jetfanout.ssh.agent.GuardPolicy;
import org.jetfanout.testkit.Keys;
import org.jetfanout.testkit.OpenSshServer;
import org.jetfanout.testkit.SshAgent;
import org.jetfanout.testkit.SshTestBed;
import org.jetfanout.testkit.TestJob;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.jetfanout.testkit.WorkerShell;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Which programs a short job starts on its worker, by a real connection. They are counted and not
 * timed: each costs the worker about half a millisecond, and there may be thousands of workers.
 *
 * <p>Each program that is found by PATH writes its name down first. The relay says only very late
 * that it is time for a first look, so a slow machine does not look before the job has ended.
 */
@Timeout(240)
class ProgramsOfAJobIT {
    /** The shell of the script, that of the wrapper, that of the runner, and what they need. */
    private static final List<String> PROGRAMS =
            List.of("sh", "mkdir", "tar", "setsid", "sh", "perl", "sh");

    @TempDir Path folder;
    private final WorkerShell worker = new WorkerShell();
    private OpenSshServer server;
    private SshAgent agent;
    private SshConnections connections;
    private Path log;

    @BeforeEach
    void start() throws IOException {
        Path programs = Files.createDirectories(worker.home.resolve("counted"));
        Path each = programs.resolve(".each");
        Files.writeString(
                each,
                """
                #!/bin/sh
                name=${0##*/}
                echo "$name" >>%1$s/log
                case $name in
                perl)
                    text=$(printf '%%s\n' "$2" | /usr/bin/sed 's/ 0[.]1 / 999 /')
                    shift 2
                    exec /usr/bin/perl -e "$text" "$@" ;;
                esac
                exec /usr/bin/"$name" "$@"
                """
                        .formatted(programs));
        Files.setPosixFilePermissions(each, PosixFilePermissions.fromString("rwxr-xr-x"));
        try (Stream<Path> all = Files.list(Path.of("/usr/bin"))) {
            for (Path program : all.filter(Files::isExecutable).toList()) {
                Files.createSymbolicLink(programs.resolve(program.getFileName()), each);
            }
        }
        TestUser.own(worker.home);
        log = programs.resolve("log");
        Keys.Pair key = Keys.ed25519(folder, "key");
        server =
                OpenSshServer.at("127.0.0.3")
                        .authorize(key)
                        .option(
                                "SetEnv PATH=%s:/usr/bin:/bin HOME=%s"
                                        .formatted(programs, worker.home))
                        .start();
        agent = SshAgent.start(key);
        SshTestBed bed = new SshTestBed(folder);
        bed.knows(server);
        connections = new SshConnections(bed.agent(agent, key));
    }

    @AfterEach
    void stop() {
        connections.close();
        server.close();
        agent.close();
        worker.close();
    }

    @Test
    void aShortJob() throws IOException {
        String guid = UUID.randomUUID().toString();
        // the first job of a run looks for old folders, behind the result
        assertThat(run(guid, "0001", "echo ok; echo {} >>$JET_LOG"))
                .containsExactlyInAnyOrderElementsOf(and("find"));
        assertThat(run(guid, "0002", "echo ok; echo {} >>$JET_LOG"))
                .containsExactlyInAnyOrderElementsOf(PROGRAMS);
        // a run that comes within the hour does not look again
        guid = UUID.randomUUID().toString();
        assertThat(run(guid, "0001", "exit 0")).containsExactlyInAnyOrderElementsOf(PROGRAMS);
        assertThat(run(guid, "0002", "printf '%999s\\n' much"))
                .containsExactlyInAnyOrderElementsOf(and("dd"));
        // the relay computes no checksum of more
        assertThat(run(guid, "0003", "printf '%1000s\\n' more"))
                .containsExactlyInAnyOrderElementsOf(and("dd", "cksum"));
    }

    private static List<String> and(String... more) {
        return Stream.concat(PROGRAMS.stream(), Stream.of(more)).toList();
    }

    /**
     * The programs of one job that has a connection of its own, until nothing of it is left but its
     * logs.
     */
    private List<String> run(String guid, String batch, String script) throws IOException {
        JobSpec spec = TestJob.script(script).guid(guid).batch(batch).agent(true).spec();
        Job job = new Job(spec, 0, 0, false);
        byte[] bundle = WorkerShell.bundle(spec, Map.of("playbook.yml", "- name: play\n"));
        HeldInput stdin = new HeldInput(new ByteArrayInputStream(bundle), false, () -> {});
        GuardPolicy guard = SshTestBed.policy(guid, SshTestBed.BUT_LOGIN, signature -> {});
        try (ExecStream stream =
                connections
                        .open(server.destination("w1"), SshTestBed.PATIENT, Optional.of(guard))
                        .exec(job.command(), Optional.of(stdin))) {
            while (!job.over() && stream.hasNext()) {
                Chunk chunk = stream.next();
                job.read(chunk.stderr(), chunk.bytes());
                job.flush();
                if (job.takesBundle()) {
                    stdin.letGo();
                }
            }
        }
        Waiting.until("processes are left", () -> worker.processes().isEmpty());
        assertThat(job.end().state()).isEqualTo(State.ENDED);
        List<String> names = Files.readAllLines(log);
        Files.delete(log);
        return names;
    }
}
