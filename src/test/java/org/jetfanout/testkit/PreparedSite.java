package org.jetfanout.testkit;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.jetfanout.run.CheckedRequest;
import org.jetfanout.run.RunRequest;
import org.jetfanout.runner.jetp.PlaybookRequest;

/** A request for four hosts and two workers, with its files in a folder. */
public final class PreparedSite {
    private PreparedSite() {}

    /**
     * Writes the files and reads them as a run does.
     *
     * @param runner the command line of the runner on workers
     */
    public static CheckedRequest write(Path folder, String runner) throws IOException {
        Path groups = Files.createDirectories(folder.resolve("inv/groups"));
        Files.writeString(groups.resolve("web"), "hosts: [ h1, h2, h3, h4 ]\n");
        Files.writeString(groups.resolve("wk"), "hosts: [ w1, w2 ]\n");
        Path playbook =
                Files.writeString(
                        folder.resolve("pb.yml"),
                        "- name: p\n  groups: [ web ]\n  tasks:\n    - !shell\n      name: t\n      cmd: uptime\n");
        Path workers =
                Files.writeString(
                        folder.resolve("workers.yml"),
                        "workers:\n  user: ops\n  agent: none\n  map: [ { from: web, to: wk } ]\n  jetp: "
                                + runner
                                + "\n");
        RunRequest request =
                RunRequest.of(PlaybookRequest.of(playbook, folder.resolve("inv")), workers);
        return CheckedRequest.read(request, warning -> {});
    }
}
