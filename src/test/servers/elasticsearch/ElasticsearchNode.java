import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import org.elasticsearch.common.logging.LogConfigurator;
import org.elasticsearch.common.settings.Settings;
import org.elasticsearch.env.Environment;
import org.elasticsearch.node.Node;
import org.elasticsearch.plugins.PluginsLoader;

/**
 * Elasticsearch: {@code ElasticsearchNode FOLDER PORT [SETTING=VALUE…]}, its modules in
 * FOLDER/modules. It ends when its standard input does, so that it does not outlive the tests.
 */
public final class ElasticsearchNode {
    public static void main(String[] words) throws Exception {
        Path home = Path.of(words[0]);
        Settings.Builder settings =
                Settings.builder()
                        .put("path.home", home)
                        .put("path.data", home.resolve("data"))
                        .put("path.logs", home.resolve("logs"))
                        .put("cluster.name", "jet-fanout-tests")
                        .put("node.name", "one")
                        .put("http.port", words[1])
                        .put("network.host", "127.0.0.1")
                        .put("discovery.type", "single-node");
        for (int i = 2; i < words.length; i++) {
            String[] setting = words[i].split("=", 2);
            settings.put(setting[0], setting[1]);
        }
        LogConfigurator.configureESLogging();
        Environment environment = new Environment(settings.build(), home.resolve("config"));
        PluginsLoader plugins =
                PluginsLoader.createPluginsLoader(
                        PluginsLoader.loadModulesBundles(home.resolve("modules"), true),
                        Set.of(),
                        Map.of());
        Node node = new Node(environment, plugins);
        node.start();
        while (System.in.read() >= 0) {}
        node.close();
        System.exit(0);
    }
}
