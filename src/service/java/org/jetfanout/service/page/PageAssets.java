package org.jetfanout.service.page;

import io.vertx.ext.web.Router;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jetfanout.service.http.Assets;

/**
 * Style sheets, scripts and images of the page. Those of others come from their jars and must have
 * the digests of {@code vendored.sha256}. Immutable.
 */
final class PageAssets {
    private static final String OWN = "org/jetfanout/service/page/assets/";
    private static final String JARS = "META-INF/resources/webjars/";
    private static final List<String> NAMES =
            List.of(
                    "app.css",
                    "app.js",
                    "chart.js",
                    "lines.js",
                    "signs.svg",
                    "icon.svg",
                    "chevron.svg",
                    "checkbox.svg");

    private final Assets assets;

    /**
     * The addresses of what the templates link to, after the prefix of the service.
     *
     * @param plotStyle that of uPlot
     * @param plot uPlot
     */
    record Links(
            String pico,
            String plotStyle,
            String style,
            String htmx,
            String plot,
            String app,
            String chart,
            String lines,
            String signs,
            String icon) {}

    /** Reads all of them. */
    PageAssets() {
        Map<String, String> resources = new TreeMap<>();
        NAMES.forEach(name -> resources.put(name, OWN + name));
        Map<String, String> vendored = vendored();
        vendored.keySet().forEach(path -> resources.put(name(path), JARS + path));
        assets = new Assets(resources);
        vendored.forEach(
                (path, digest) -> {
                    if (!assets.hash(name(path)).equals(digest)) {
                        throw new IllegalStateException(
                                "%s has the digest %s, but vendored.sha256 says %s"
                                        .formatted(path, assets.hash(name(path)), digest));
                    }
                });
    }

    /** The digest of each file of others, by its path in the jars. */
    static Map<String, String> vendored() {
        try (InputStream in = PageAssets.class.getResourceAsStream("assets/vendored.sha256")) {
            Map<String, String> digests = new TreeMap<>();
            String list = new String(in.readAllBytes(), StandardCharsets.UTF_8);
            for (String line : list.strip().split("\n", -1)) {
                String[] parts = line.split(" {2}", 2);
                digests.put(parts[1].strip(), parts[0]);
            }
            return digests;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static String name(String path) {
        return path.substring(path.lastIndexOf('/') + 1);
    }

    void handlers(Router router) {
        assets.handlers(router);
    }

    Links links(String prefix) {
        String base = prefix + "/";
        return new Links(
                base + assets.link("pico.classless.min.css"),
                base + assets.link("uPlot.min.css"),
                base + assets.link("app.css"),
                base + assets.link("htmx.min.js"),
                base + assets.link("uPlot.iife.min.js"),
                base + assets.link("app.js"),
                base + assets.link("chart.js"),
                base + assets.link("lines.js"),
                base + assets.link("signs.svg"),
                base + assets.link("icon.svg"));
    }
}
