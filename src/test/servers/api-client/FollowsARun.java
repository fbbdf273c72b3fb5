import client.ApiClient;
import client.ApiException;
import client.api.RunsApi;
import client.api.TemplatesApi;
import client.model.Accepted;
import client.model.HostsHost;
import client.model.LinesView;
import client.model.RerunBody;
import client.model.RunHead;
import client.model.RunView;
import client.model.ShownLine;
import client.model.StartBody;
import client.model.WorkerLine;
import java.nio.file.Files;
import java.time.Instant;
import java.util.List;

/**
 * Starts a run with the generated client, follows it, reads what there is to read, and cancels it.
 * Prints a fact a line.
 *
 * <p>Arguments: the address of the service, then the words of the command line. The token is in
 * TOKEN.
 */
class FollowsARun {
    private static final Instant LIMIT = Instant.now().plusSeconds(600);

    public static void main(String[] args) throws Exception {
        ApiClient client = new ApiClient();
        client.updateBaseUri(args[0]);
        client.setRequestInterceptor(
                request -> request.header("Authorization", "Bearer " + System.getenv("TOKEN")));
        RunsApi runs = new RunsApi(client);
        StartBody start = new StartBody().args(List.of(args).subList(1, args.length));
        Accepted accepted = runs.start(start, "generated");
        String guid = accepted.getGuid();
        System.out.println("started " + guid);
        Accepted again = runs.start(start, "generated");
        System.out.println("again " + again.getAgain() + " " + again.getGuid().equals(guid));

        LinesView lines = runs.lines(guid, null, null, null, null, null, null, null, null);
        while (lines.getLines().isEmpty()) {
            pause();
            lines = runs.lines(guid, 1L, null, 10, null, null, null, null, null);
        }
        ShownLine first = lines.getLines().get(0);
        System.out.println(
                "line "
                        + first.getNumber()
                        + " "
                        + first.getLevel()
                        + " "
                        + first.getTime().getYear());
        System.out.println(
                "none "
                        + runs.lines(guid, null, 99L, 10, null, null, "error", "no such text", "x+")
                                .getLines()
                                .size());
        RunView view = runs.run(guid);
        // a look at a run may be a moment old
        while (view.getRun().getState() == RunHead.StateEnum.PLANNING) {
            pause();
            view = runs.run(guid);
        }
        System.out.println(
                "state " + view.getRun().getState() + " by " + view.getPeople().get(0).getWho());
        System.out.println(
                "running "
                        + runs
                                .runs(
                                        List.of("running", "planning"),
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        null,
                                        5,
                                        null)
                                .getRuns()
                                .stream()
                                .map(RunHead::getGuid)
                                .toList()
                                .contains(guid));
        System.out.println("plan " + runs.plan(guid, 10, null).getHosts());
        System.out.println(
                "workers "
                        + runs.workers(guid).getWorkers().stream()
                                .map(WorkerLine::getWorker)
                                .sorted()
                                .toList());
        System.out.println(
                "hosts "
                        + runs
                                .hosts(
                                        guid,
                                        List.of("running", "waiting", "ok", "changed"),
                                        null,
                                        null,
                                        100,
                                        null)
                                .getHosts()
                                .stream()
                                .map(HostsHost::getHost)
                                .sorted()
                                .toList());
        System.out.println("host " + runs.host(guid, "h01").getHost());
        System.out.println("signatures " + runs.signatures(guid, null, null).getTotal());
        System.out.println("points " + !runs.timeline(guid).getPoints().isEmpty());
        System.out.println("output " + !runs.output(guid).isEmpty());
        System.out.println(
                "records " + Files.readString(runs.records(guid).toPath()).contains(guid));
        System.out.println(
                "templates " + new TemplatesApi(client).templates().getTemplates().size());

        System.out.println("cancel " + runs.cancel(guid).getGuid().equals(guid));
        while (runs.run(guid).getRun().getState() != RunHead.StateEnum.ENDED) {
            pause();
        }
        System.out.println("exit " + runs.run(guid).getRun().getExitCode());
        try {
            runs.rerun(guid, new RerunBody().outcomes(List.of()), null);
        } catch (ApiException e) {
            System.out.println(
                    "refused " + e.getCode() + " " + e.getResponseBody().contains("outcomes"));
        }
        try {
            runs.approve(guid, null);
        } catch (ApiException e) {
            System.out.println("refused " + e.getCode() + " approve");
        }
        try {
            runs.run("nobody");
        } catch (ApiException e) {
            System.out.println("refused " + e.getCode());
        }
    }

    private static void pause() throws InterruptedException {
        if (Instant.now().isAfter(LIMIT)) {
            throw new IllegalStateException("it takes too long");
        }
        Thread.sleep(300);
    }
}
