package org.jetfanout.runner.known;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.Runner;
import org.jetfanout.runner.ansible.Ansible;
import org.jetfanout.runner.described.DescribedRunner;
import org.jetfanout.runner.exec.ExecRunner;
import org.jetfanout.runner.jetp.Jetp;
import org.jetfanout.site.playbook.Dialect;
import org.jetfanout.text.Quoted;

/** All runners, and the choice of a run's runner. Nothing else chooses one. */
public final class Runners {
    /** The key of {@code request.json} that names the runner. */
    public static final String KEY = "runner";

    private static final Runner JETP = new Jetp();
    private static final Runner JETPACK = new Jetp(Dialect.JETPACK);
    private static final List<Runner> ALL =
            List.of(JETP, JETPACK, Ansible.RUNNER, new ExecRunner());

    private Runners() {}

    /**
     * The runner of a recorded run.
     *
     * @param request as the record keeps it; one without a runner is of a version that had only
     *     jetp
     */
    public static Runner of(JsonNode request) {
        String name = request.path(KEY).asText(JETP.name());
        if (DescribedRunner.isOf(request)) {
            return DescribedRunner.of(name, request);
        }
        return ALL.stream()
                .filter(runner -> runner.name().equals(name))
                .findFirst()
                .orElseThrow(
                        () ->
                                new ConfigurationException(
                                        "the runner "
                                                + Quoted.of(name)
                                                + " of the run is not known to this version"));
    }

    /** The runner of a recorded run; jetp's where the run has not come so far as its request. */
    public static Runner of(Optional<JsonNode> request) {
        return request.map(Runners::of).orElse(JETP);
    }
}
