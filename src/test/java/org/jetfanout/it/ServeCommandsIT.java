package org.jetfanout.it;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.jetfanout.testkit.CommandLines;
import org.jetfanout.testkit.Fleet;
import org.jetfanout.testkit.FreePort;
import org.jetfanout.testkit.Nginx;
import org.jetfanout.testkit.Programs;
import org.jetfanout.testkit.Site;
import org.jetfanout.testkit.TestUser;
import org.jetfanout.testkit.Waiting;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/**
 * The commands of the pages about the service, as they stand there but for the address, against one
 * service with the service.yml of the pages, behind an nginx that is set up as they say.
 */
class ServeCommandsIT {
    private static final String SERVE = "serve.md";
    private static final String ACCESS = "serve-access.md";
    private static final String API = "api.md";

    /** A command in a text. */
    private static final Pattern INLINE =
            Pattern.compile(
                    "`(jet-fanout token (?!add`)[^`]+|jet-fanout (?:run|serve) (?!--server`)[^`]+"
                            + "|\\(umask[^`]+)`");

    private static final String ADD_ANNA =
            "jet-fanout token add anna --scopes read,run,cancel,approve";
    private static final String START = "jet-fanout serve --config service.yml";
    private static final String RUN =
            "jet-fanout run --server https://fanout.example.org/fanout --token-file token --var"
                    + " version=1.2.3 deploy";
    private static final String ADD_CI =
            "jet-fanout token add ci --scopes read,run --templates deploy --expires 90d >ci.token";
    private static final String LIST = "jet-fanout token list";
    private static final String REMOVE = "jet-fanout token remove ci";
    private static final String REMOVE_NAME = "jet-fanout token remove NAME";
    private static final String WITH_HEADER =
            "curl -H @header.txt https://ops.example.org/api/v1/runs     # header.txt:"
                    + " Authorization: Bearer jft_…";
    private static final String SECRET = "(umask 077; openssl rand -hex 32 >proxy.secret)";
    private static final String RUNNING =
            "curl -H \"Authorization: Bearer $TOKEN\""
                    + " 'https://fanout.example.org/api/v1/runs?state=running&limit=10'";
    private static final String DOCUMENT =
            "curl -o openapi.json -H \"Authorization: Bearer $TOKEN\""
                    + " https://fanout.example.org/api/v1/openapi.json";
    private static final String POST =
            "curl -X POST -H \"Authorization: Bearer $TOKEN\" -H 'Content-Type: application/json'"
                    + " -H 'Idempotency-Key: build-4711' \\\n"
                    + "  -d '{\"template\": \"deploy\", \"variables\": {\"version\": \"1.2.3\"},"
                    + " \"limit\": \"web1,web2\"}' https://fanout.example.org/api/v1/runs";
    private static final String ADD_NAME = "jet-fanout token add NAME --scopes read,run";

    @RegisterExtension static final Fleet fleet = Fleet.start(174, 2);

    @TempDir private Path folder;
    private Site site;
    private CommandLines shell;
    private int port;
    private int proxyPort;
    private final Map<String, String> environment = new HashMap<>();

    /** Nothing on the pages that is run nowhere. */
    @Test
    void thePagesHaveTheseCommands() throws IOException {
        assertThat(commands(SERVE)).containsExactly(ADD_ANNA, START, RUN, LIST, REMOVE_NAME);
        assertThat(commands(ACCESS))
                .filteredOn(line -> !line.startsWith("proxy_set_header ")) // nginx has them
                .containsExactly(ADD_CI, LIST, REMOVE, WITH_HEADER, SECRET);
        assertThat(commands(API))
                .containsExactly(
                        RUNNING,
                        DOCUMENT,
                        // GeneratedClientIT generates this client
                        "java -jar openapi-generator-cli.jar generate -i openapi.json -g java"
                                + " --library native -o client --additional-properties"
                                + " openApiNullable=false",
                        POST,
                        ADD_NAME);
        assertThat(commands("serve-templates.md")).isEmpty();
        assertThat(commands("page.md")).isEmpty();
    }

    @Test
    void eachCommandWorks() throws Exception {
        port = FreePort.next();
        proxyPort = FreePort.next();
        site();
        ok(SECRET);
        String secret = setting(ACCESS, "    proxy_set_header X-Proxy-Secret (\\S+);");
        Files.writeString(
                site.file("proxy.secret"), secret + "\n", StandardOpenOption.APPEND); // beside it
        String anna = ok(ADD_ANNA).strip();
        ok(ADD_CI);
        assertThat(ok(ADD_NAME.replace("NAME", "other"))).startsWith("jft_");
        assertThat(ok(LIST)).contains("anna", "ci", "other");
        ok(REMOVE_NAME.replace("NAME", "other"));
        assertThat(ok(LIST)).contains("anna", "ci").doesNotContain("other");

        Nginx nginx = nginx();
        Process service = start();
        try {
            Waiting.until(
                    "the service is ready",
                    () -> {
                        assertThat(service.isAlive()).as(said("service")).isTrue();
                        return run("curl -sf https://fanout.example.org/fanout/health/ready").exit()
                                == 0;
                    });
            theApi(anna);
            inCi();
            behindALogin();
        } finally {
            nginx.close();
            service.destroy();
            assertThat(service.waitFor(3, TimeUnit.MINUTES)).as(said("service")).isTrue();
        }
        assertThat(service.exitValue()).as(said("service")).isZero();
        assertThat(said("service.out") + said("service"))
                .contains("https://fanout.example.org/fanout/");
    }

    private void theApi(String token) throws Exception {
        environment.put("TOKEN", token);
        Files.writeString(site.file("header.txt"), "Authorization: Bearer " + token + "\n");
        String created = ok(POST);
        String guid = created.replaceFirst("(?s).*\"guid\" *: *\"([0-9a-f-]{36})\".*", "$1");
        assertThat(guid).as(created).hasSize(36);
        assertThat(ok(POST)).contains(guid);
        assertThat(ok(WITH_HEADER)).contains(guid);
        assertThat(ok(RUNNING)).contains("\"runs\"");
        ok(DOCUMENT);
        assertThat(site.file("openapi.json")).content().contains("\"openapi\"", "/templates");
    }

    private void inCi() throws Exception {
        Files.copy(site.file("ci.token"), site.file("token"));
        CommandLines.Ended run = run(RUN);
        assertThat(run.exit()).as("%s %s", run, said("service")).isZero();
        assertThat(run.err()).contains("all 3 hosts ok");
        assertThat(fleet.starts(run.firstLine())).isNotEmpty();
        assertThat(ok(WITH_HEADER)).contains(run.firstLine(), "\"ci\"");
        ok(REMOVE);
        assertThat(ok(LIST)).contains("anna").doesNotContain("ci ");
        assertThat(run(RUN).exit()).isEqualTo(78);
    }

    /** Only the proxy with its secret may say who somebody is. */
    private void behindALogin() throws Exception {
        String status = "curl -s -o /dev/null -w '%{http_code}' ";
        String runs = "https://fanout.example.org/people/api/v1/runs";
        assertThat(ok(status + runs)).isEqualTo("401");
        assertThat(ok(status + "-u ann:pw " + runs)).isEqualTo("200");
        assertThat(
                        ok(
                                status
                                        + "-H 'X-User: ann' -H 'X-Proxy-Secret: no'"
                                        + " https://fanout.example.org/fanout/api/v1/runs"))
                .isEqualTo("401");
    }

    /** What the pages have at /srv/site, and their service.yml. */
    private void site() throws IOException {
        site = new Site(fleet, folder);
        site.group("web", List.of("web1", "web2", "web3"));
        site.writeSettings();
        Files.createSymbolicLink(site.file("deploy.yml"), site.file("pb/site.yml"));
        Files.createSymbolicLink(site.file("inventory"), site.file("inv"));
        environment.put("SSH_AUTH_SOCK", fleet.agent().socket().toString());
        environment.put("JET_SSH_USER", TestUser.name());
        shell = CommandLines.ofOwnUser(site.file("home"));
        String yaml =
                block(SERVE, "yaml", "templates:").replace("/srv/site", folder.toString())
                        + block(ACCESS, "yaml", "proxy:")
                        + "listen: 127.0.0.1:"
                        + port
                        + "\n";
        for (String key : List.of("prefix", "url", "trusted_proxies")) {
            yaml += first(SERVE, "`(" + key + ": [^`]+)`") + "\n";
        }
        site.write("service.yml", yaml);
    }

    private Process start() throws IOException {
        return shell.start(
                folder,
                environment,
                "exec " + START,
                folder.resolve("service.out"),
                folder.resolve("service"));
    }

    private Nginx nginx() throws IOException {
        Path own = Files.createDirectories(folder.resolve("nginx"));
        Files.writeString(own.resolve("users"), "ann:{PLAIN}pw\n");
        String location = block(SERVE, "nginx", "location ").replace("8642", port + "");
        String login =
                setting(ACCESS, "    (proxy_set_header X-User .*)")
                        + setting(ACCESS, "    (proxy_set_header X-Proxy-Secret .*)");
        return Nginx.start(
                own,
                proxyPort,
                """
                %1$s
                location /api/ { proxy_pass http://127.0.0.1:%2$d/fanout/api/; }
                location /people/ {
                  auth_basic people;
                  auth_basic_user_file %3$s/users;
                  proxy_set_header Authorization "";
                  %4$s
                  proxy_pass http://127.0.0.1:%2$d/fanout/;
                }
                """
                        .formatted(location, port, own, login));
    }

    private CommandLines.Ended run(String command) throws Exception {
        String here =
                command.replaceAll(
                        "https://(fanout|ops)\\.example\\.org", "http://127.0.0.1:" + proxyPort);
        return shell.run(folder, environment, here);
    }

    private String ok(String command) throws Exception {
        CommandLines.Ended ended = run(command);
        assertThat(ended.exit()).as("%s: %s", command, ended).isZero();
        return ended.out();
    }

    private String said(String file) {
        return Programs.ok("cat", folder.resolve(file).toString());
    }

    private static String page(String name) throws IOException {
        return Files.readString(Path.of("docs", name));
    }

    /** The first block of a kind that begins so. */
    private static String block(String page, String kind, String begin) throws IOException {
        return first(page, "(?ms)^```" + kind + "\\n(" + Pattern.quote(begin) + ".*?)^```$");
    }

    /** What stands in the group, in the first line of a page that is like this. */
    private static String setting(String page, String line) throws IOException {
        return first(page, "(?m)^" + line + "$");
    }

    private static String first(String page, String pattern) throws IOException {
        return Pattern.compile(pattern)
                .matcher(page(page))
                .results()
                .map(found -> found.group(1))
                .findFirst()
                .orElseThrow(() -> new AssertionError(page + " has no " + pattern));
    }

    /** The commands of a page: of its blocks, then of its texts. */
    private static List<String> commands(String page) throws IOException {
        String text = page(page);
        List<String> found = new ArrayList<>();
        for (MatchResult block :
                Pattern.compile("(?ms)^```sh\\n(.*?)^```$").matcher(text).results().toList()) {
            found.addAll(List.of(block.group(1).strip().split("(?<!\\\\)\\n", -1)));
        }
        text.replaceAll("(?ms)^```.*?^```$", "")
                .lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .forEach(found::add);
        INLINE.matcher(text).results().map(one -> one.group(1)).forEach(found::add);
        return found;
    }
}
