package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import org.jetfanout.ConfigurationException;
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
     * @param runner that carries out the run
     * @param trouble whether a task fails on one host, and another host does not answer
     * @throws ConfigurationException where a program that the runner needs is not installed
     */
    Site start(Runner runner, boolean trouble) throws IOException;

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

    /** What can run on the demo's machines. */
    enum Runner {
        /** A playbook, by a stand-in for jetp. */
        JETP,

        /** A command, by OpenSSH's client. */
        EXEC,

        /** A playbook, by ansible-playbook. */
        ANSIBLE
    }

    /** The demo's machines and all that a run on them needs. They end when it is closed. */
    interface Site extends AutoCloseable {
        /** The folder that holds all files of the demo. */
        Path folder();

        /** The demo's own keys and known hosts. The user's own are not used. */
        SshSettings ssh();

        /** The words of the command line of the run, as the user would type them. */
        List<String> words();

        /** How often each host was told to carry out the task that changes it. */
        Map<String, Long> timesConfigured();

        /** Keeps the folder when the machines end. */
        void keep();

        @Override
        void close();
    }
}
