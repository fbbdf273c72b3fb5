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
import org.jetfanout.log.Text;
import org.jetfanout.pipeline.RouteCheck;
import org.jetfanout.pipeline.RouteInForce;
import org.jetfanout.pipeline.RoutesInForce;
import org.jetfanout.runner.ShellWords;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The routes in force: lists, checks, copies and draws them. */
@Command(
        name = "routes",
        mixinStandardHelpOptions = true,
        sortOptions = false,
        description = {
            "Lists the routes that commands load: id, beginning, packaged or yours, file and"
                    + " description. Nothing is started.",
            "With --validate it checks files as a run would, one line a fault; exit code 78 if"
                    + " there is one."
        })
final class RoutesCommand implements Callable<Integer> {
    private static final ObjectMapper JSON = new ObjectMapper();

    @Mixin private RoutesOption routes;

    @Option(names = "--json", description = "The list as one JSON document.")
    private boolean json;

    @Option(
            names = "--validate",
            description =
                    "Check these files, which need not be in a folder of routes; without a FILE"
                            + " all of --routes.")
    private boolean validate;

    @Option(
            names = "--copy",
            paramLabel = "NAME",
            description =
                    "Copy the packaged file of this name, or with this route in it, into the"
                            + " folder of --routes, to be edited. Overwrites nothing.")
    private String copy;

    @Option(names = "--mermaid", description = "Draw a run's routes for Mermaid.")
    private boolean mermaid;

    @Option(names = "--dot", description = "Draw a run's routes for Graphviz.")
    private boolean dot;

    @Parameters(paramLabel = "FILE", description = "Files to check.")
    private List<Path> files = new ArrayList<>();

    @Override
    public Integer call() throws IOException {
        if (Stream.of(json, validate, copy != null, mermaid, dot).filter(on -> on).count() > 1) {
            throw new UsageException(
                    "only one of --json, --validate, --copy, --mermaid and --dot can be given");
        }
        if (!files.isEmpty() && !validate) {
            throw new UsageException("a FILE is only looked at with --validate");
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
                    "--validate needs a FILE, or --routes for all files of a folder");
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
                                                "--copy needs --routes: into which folder shall the"
                                                        + " file be copied?"));
        Path file = RoutesInForce.copy(copy, folder);
        System.out.println(Text.forTerminal(file.toString()));
        Main.say(
                "edit it, then check it: jet-fanout routes --routes %s --validate %s"
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
