package org.jetfanout.site.workers;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.text.Durations;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** docs/workers.md against what is read. */
class WorkersPageTest {
    private static final Path PAGE = Path.of("docs/workers.md");
    private static final Pattern ROW =
            Pattern.compile("(?m)^\\| `([a-z_]+)` \\| ([^|]+) \\| ([^|]+) \\| [^|]+ \\|$");

    private static Map<String, List<String>> rows(String title) throws IOException {
        String page = Files.readString(PAGE);
        String section = page.substring(page.indexOf("\n## " + title + "\n") + 1);
        int end = section.indexOf("\n## ");
        Matcher row = ROW.matcher(end < 0 ? section : section.substring(0, end));
        Map<String, List<String>> rows = new TreeMap<>();
        while (row.find()) {
            rows.put(row.group(1), List.of(row.group(2), row.group(3)));
        }
        return rows;
    }

    @Test
    void everySettingIsThere() throws IOException {
        assertThat(rows("Settings").keySet())
                .containsExactlyInAnyOrderElementsOf(SettingsReader.KEYS);
        assertThat(rows("Waves").keySet()).containsExactlyInAnyOrderElementsOf(RolloutRules.KEYS);
        assertThat(rows("Who configures what").keySet())
                .containsExactlyInAnyOrder(
                        "map",
                        "unmatched",
                        "workers_as_hosts",
                        "order",
                        "runner_modules",
                        "groups");
    }

    @Test
    void defaultsAreWhatHolds() throws IOException {
        WorkerSettings defaults = WorkerSettings.defaults();
        Map<String, String> held = new TreeMap<>();
        held.put("threads", Integer.toString(defaults.threads()));
        held.put("jetp", "`" + defaults.program("jetp") + "`");
        held.put("job_timeout", time(defaults.jobTimeout()));
        held.put("connect_timeout", time(defaults.connectTimeout()));
        held.put("reconnect_timeout", time(defaults.reconnectTimeout()));
        held.put("keepalive", time(defaults.keepalive()));
        held.put("retain", time(defaults.retain()));
        held.put("on_worker_loss", word(defaults.onWorkerLoss()));
        held.put("agent", word(defaults.agent()));
        held.put("localhost", word(defaults.localhost()));
        held.put("host_keys", word(defaults.hostKeys()));
        held.put("inventory", word(defaults.inventory()));
        held.put("zone", "`" + defaults.zone() + "`");
        Map<String, List<String>> rows = rows("Settings");
        held.forEach((key, value) -> assertThat(rows.get(key).get(1)).as(key).isEqualTo(value));
    }

    @Test
    void wordsAreAllThereAre() throws IOException {
        Map<String, List<String>> rows = rows("Settings");
        words(rows.get("on_worker_loss").get(0), OnWorkerLoss.values());
        words(rows.get("agent").get(0), AgentMode.values());
        words(rows.get("localhost").get(0), LocalhostPolicy.values());
        words(rows.get("host_keys").get(0), HostVerification.values());
        words(rows.get("inventory").get(0), InventoryShare.values());
        words(rows("Who configures what").get("unmatched").get(0), UnmatchedPolicy.values());
        words(rows("Who configures what").get("order").get(0), PlayOrder.values());
    }

    @Test
    void theExampleIsRead(@TempDir Path folder) throws IOException {
        String page = Files.readString(PAGE);
        String example =
                page.substring(page.indexOf("    workers:"), page.indexOf("\nAll keys are below"));
        WorkersConfig config = WorkersYml.read(folder, example.indent(-4));
        assertThat(config.settings("us_east_1_workers").threads()).isEqualTo(200);
        assertThat(config.settings("us_west_1_workers").threads()).isEqualTo(50);
    }

    private static void words(String type, Enum<?>... values) {
        assertThat(Pattern.compile("`([a-z]+)`").matcher(type).results().map(m -> m.group(1)))
                .containsExactlyInAnyOrderElementsOf(
                        Arrays.stream(values).map(v -> v.name().toLowerCase(Locale.ROOT)).toList());
    }

    private static String word(Enum<?> value) {
        return "`" + value.name().toLowerCase(Locale.ROOT) + "`";
    }

    private static String time(java.time.Duration duration) {
        return "`" + Durations.text(duration) + "`";
    }
}
