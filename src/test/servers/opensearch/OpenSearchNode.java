import org.codelibs.opensearch.runner.OpenSearchRunner;

/**
 * OpenSearch: {@code OpenSearchNode FOLDER PORT [SETTING=VALUE…]}. It ends when its standard input
 * does, so that it does not outlive the tests.
 */
final class OpenSearchNode {
    public static void main(String[] words) throws Exception {
        OpenSearchRunner runner = new OpenSearchRunner();
        runner.setMaxHttpPort(65535);
        runner.onBuild(
                        (number, settings) -> {
                            settings.put("http.port", words[1]);
                            settings.put("network.host", "127.0.0.1");
                            settings.put("discovery.type", "single-node");
                            for (int i = 2; i < words.length; i++) {
                                String[] setting = words[i].split("=", 2);
                                settings.put(setting[0], setting[1]);
                            }
                        })
                .build(
                        OpenSearchRunner.newConfigs()
                                .basePath(words[0])
                                .numOfNode(1)
                                .useLogger()
                                .build());
        while (System.in.read() >= 0) {}
        runner.close();
        System.exit(0);
    }
}
