package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import org.jetfanout.ConfigurationException;
import org.jetfanout.run.RunRequest;
import org.jetfanout.ssh.SshSettings;

/**
 * Machines to try the program on. They are in a jar of their own: an SSH server, and a client that
 * checks no host keys, have no place in the one that works.
 */
public interface Demo {
    /**
     * Starts them.
     *
     * @param trouble whether a task shall fail on one host, and another one not answer
     */
    Site start(boolean trouble) throws IOException;

    /** The demo of the class path. */
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

    /** The machines, and all that a run on them needs. They end when it is closed. */
    interface Site extends AutoCloseable {
        /** Where its files are. */
        Path folder();

        /** Keys and known hosts of the demo alone: the user's own have no part in it. */
        SshSettings ssh();

        /** The command line of the run, as the user would type it. */
        String commandLine();

        /** The same as a request. */
        RunRequest request();

        /** How often each host was told to carry out the task that changes it. */
        Map<String, Long> timesConfigured();

        /** The folder stays when the rest ends. */
        void keep();

        @Override
        void close();
    }
}
