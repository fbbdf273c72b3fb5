package org.jetfanout.cli;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jetfanout.ExitCode;
import org.jetfanout.run.camel.RouteCheck;
import org.jetfanout.run.camel.RouteInForce;
import org.jetfanout.run.camel.RoutesInForce;
import org.jetfanout.runner.ShellWords;
import org.jetfanout.text.Text;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code routes}: lists, checks, copies and draws the routes in force. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists the routes that jet-fanout loads: id, 'from', origin (packaged or yours), file"
                    + " and description. Starts nothing.",
            "With --validate: checks files as a run does and prints one line per error. Exit code"
                    + " 78 if there are errors."
        })
final class RoutesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin private RoutesOption routes;

    @Option(names = "--json", description = "Print the list as one JSON document.")
    private boolean json;

    @Option(
            names = "--validate",
            description =
                    "Check these files, which may be in any folder. Without FILE: check all files"
                            + " of --routes.")
    private boolean validate;

    @Option(
            names = "--copy",
            paramLabel = "NAME",
            description =
                    "Copy the packaged file that has this name or contains this route into the"
                            + " folder of --routes, so that you can edit it. Never overwrites a"
                            + " file.")
    private String copy;

    @Option(names = "--mermaid", description = "Print a Mermaid diagram of the routes of a run.")
    private boolean mermaid;

    @Option(names = "--dot", description = "Print a Graphviz diagram of the routes of a run.")
    private boolean dot;

    @Parameters(paramLabel = "FILE", description = "Files to check.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (Stream.of(json, validate, copy != null, mermaid, dot).filter(on -> on).count() > 1) {
            throw new UsageException(
                    "give only one of --json, --validate, --copy, --mermaid and --dot");
        }
        if (!files.isEmpty() && !validate) {
            throw new UsageException("FILE requires --validate");
        }
        if (validate) {
            return validate().code();
        }
        if (copy != null) {
            copy();
            return ExitCode.OK.code();
        }
        RoutesInForce all = new RoutesInForce(routes.folder());
        if (mermaid || dot) {
            System.out.print(mermaid ? all.picture().mermaid() : all.picture().dot());
        } else if (json) {
            System.out.println(
                    JSON.writeValueAsString(
                            all.routes().stream().map(RoutesCommand::document).toList()));
        } else {
            print(all.routes());
        }
        return ExitCode.OK.code();
    }

    private ExitCode validate() {
        if (files.isEmpty() && routes.folder().isEmpty()) {
            throw new UsageException(
                    "--validate requires FILE, or --routes to check all files of a folder");
        }
        List<String> faults = new RouteCheck(routes.folder()).faults(files);
        faults.forEach(Main::say);
        return faults.isEmpty() ? ExitCode.OK : ExitCode.CONFIGURATION;
    }

    private void copy() {
        Path folder =
                routes.named()
                        .orElseThrow(
                                () ->
                                        new UsageException(
                                                "--copy requires --routes: name the folder for"
                                                        + " the copy"));
        Path file = RoutesInForce.copy(copy, folder);
        System.out.println(Text.forTerminal(file.toString()));
        Main.say(
                "edit the file, then check it: jet-fanout routes --routes %s --validate %s"
                        .formatted(
                                ShellWords.quote(folder.toString()),
                                ShellWords.quote(file.toString())));
    }

    private static Map<String, Object> document(RouteInForce route) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("id", route.id());
        document.put("from", route.from());
        document.put("origin", route.origin());
        document.put("file", route.file().toString());
        document.put("description", route.description());
        return document;
    }

    private static void print(List<RouteInForce> routes) {
        List<Function<RouteInForce, String>> columns =
                List.of(
                        RouteInForce::id,
                        RouteInForce::from,
                        RouteInForce::origin,
                        route -> route.file().toString());
        for (RouteInForce route : routes) {
            StringBuilder line = new StringBuilder();
            for (Function<RouteInForce, String> column : columns) {
                int width =
                        routes.stream().map(column).mapToInt(String::length).max().orElse(0) + 2;
                String text = column.apply(route);
                line.append(text).append(" ".repeat(width - text.length()));
            }
            line.append(route.description());
            System.out.println(Text.forTerminal(line.toString().stripTrailing()));
        }
    }
}
