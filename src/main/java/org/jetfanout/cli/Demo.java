package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.ssh.SshSettings;

/**
 * The port to the demo: a set of machines on which users can try the program. The machines are in a
 * jar of their own, because an SSH server and a client that checks no host keys do not belong in
 * the jar that is used for real runs.
 */
public interface Demo {
    /**
     * Starts the machines.
     *
     * @param trouble whether a task fails on one host, and another host does not answer
     */
    Site start(boolean trouble) throws IOException;

    /** The demo on the class path. */
    static Demo find() {
        return ServiceLoader.load(Demo.class)
                .findFirst()
                .orElseThrow(
                        () ->
                                new ConfigurationException(
                                        "the demo is not installed here: it is in"
                                                + " jet-fanout-demo.jar, which the launcher of a"
                                                + " source checkout builds (./jet-fanout demo)"));
    }

    /** The demo's machines and all that a run on them needs. They end when it is closed. */
    interface Site extends AutoCloseable {
        /** The folder that holds all files of the demo. */
        Path folder();

        /** The demo's own keys and known hosts. The user's own are not used. */
        SshSettings ssh();

        /** The command line of the run, as the user would type it. */
        String commandLine();

        /** The same command line as a request. */
        RunRequest request();

        /** How often each host was told to carry out the task that changes it. */
        Map<String, Long> timesConfigured();

        /** Keeps the folder when the machines end. */
        void keep();

        @Override
        void close();
    }
}
