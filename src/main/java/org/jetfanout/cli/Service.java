package org.jetfanout.cli;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ServiceLoader;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ssh.SshSettings;
import org.jetfanout.status.Runs;

/**
 * The port to the service: an HTTP server for the API and the page. It is in a jar of its own with
 * libraries of its own, because no other command needs them.
 */
public interface Service {
    /**
     * Starts to serve.
     *
     * @param config the file service.yml
     * @throws ConfigurationException where the file is wrong, or the address is taken
     */
    Running start(Path config) throws IOException;

    /**
     * Starts to serve other records than the user's, with other keys and known hosts.
     *
     * @param runs the records; the service's own files are in a folder beside them
     * @param ssh what runs log in with
     */
    Running start(Path config, Runs runs, SshSettings ssh) throws IOException;

    /** Where its log goes. The folder of the log is made. */
    Path log() throws IOException;

    /** The service on the class path. */
    static Service find() {
        return ServiceLoader.load(Service.class)
                .findFirst()
                .orElseThrow(
                        () ->
                                new ConfigurationException(
                                        "the service is not installed here: it is in"
                                                + " jet-fanout-service.jar and service-lib/, which"
                                                + " the launcher puts on the class path"
                                                + " (./jet-fanout serve)"));
    }

    /** The service, as long as it runs. Closing it ends it at once. */
    interface Running extends AutoCloseable {
        /** Where it is reached, such as {@code http://127.0.0.1:8642/}. */
        String url();

        /** How long it waits at the end for runs, where the command line does not say. */
        Duration drain();

        /** How many runs it carries out now. */
        int runs();

        /**
         * Takes nothing new, and waits for the runs.
         *
         * @return whether all runs ended in that time; the others are resumed by the next start
         */
        boolean drain(Duration longest) throws InterruptedException;

        @Override
        void close();
    }
}
