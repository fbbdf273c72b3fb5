package org.jetfanout.run.camel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;

/** Turns Camel's errors about routes that cannot start into one line with the file and line. */
public final class RouteErrors {
    private static final Pattern PLACE =
            Pattern.compile(
                    "^(.*?)\\s+in (?:file|classpath):(.*), line (\\d+), column \\d+",
                    Pattern.DOTALL);
    private static final Pattern STEP =
            Pattern.compile(
                    "Failed to create route: (\\S+).* at: >>> \\w+\\[(.*?)] <<< in route: ");
    private static final String OWN = "file:";

    /** The steps that are inside another step. */
    private static final String WITHIN = " -> \\[.*";

    private static final Pattern VALUE = Pattern.compile(": +\"?([^\\s\"#{][^\\s\"]{2,})\"?$");

    private RouteErrors() {}

    /**
     * The error to report.
     *
     * @param pattern of the files from which the routes came
     */
    public static ConfigurationException starting(Exception thrown, String pattern) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            String message = String.valueOf(cause.getMessage());
            Matcher place = PLACE.matcher(message);
            if (place.find()) {
                return ConfigurationException.at(
                        Path.of(place.group(2)),
                        Integer.parseInt(place.group(3)),
                        place.group(1).lines().findFirst().orElse(""));
            }
            Matcher step = STEP.matcher(message);
            if (step.find()) {
                return of(step.group(1), step.group(2), rootMessage(thrown), pattern);
            }
        }
        return new ConfigurationException("the routes cannot be started: " + rootMessage(thrown));
    }

    private static ConfigurationException of(
            String route, String step, String message, String pattern) {
        for (String location : pattern.split(",", -1)) {
            if (location.startsWith(OWN)) {
                Path file = Path.of(location.substring(OWN.length()));
                int line = line(file, route, step, message);
                if (line > 0) {
                    return ConfigurationException.at(
                            file,
                            line,
                            "route '%s', step %s: %s"
                                    .formatted(route, step.replaceFirst(WITHIN, ""), message));
                }
            }
        }
        return new ConfigurationException(
                "the routes cannot be started: route '%s', step %s: %s"
                        .formatted(route, step, message));
    }

    /**
     * The first line at or after the route's own whose value the message names, or that has the
     * last word of the step; 0 for none.
     */
    private static int line(Path file, String route, String step, String message) {
        RouteFile routes = RouteFile.read(file, "");
        int from = routes.line(route).orElse(0);
        if (from == 0) {
            return 0;
        }
        String word = step.substring(step.indexOf(':') + 1);
        try {
            List<String> lines = Files.readAllLines(file);
            List<Predicate<String>> wanted =
                    List.of(
                            line -> line.contains(step),
                            line -> isNamed(line, message),
                            line -> !word.isEmpty() && line.contains(word));
            for (Predicate<String> fits : wanted) {
                for (int i = from; i < lines.size(); i++) {
                    if (fits.test(lines.get(i))) {
                        return i + 1;
                    }
                }
            }
        } catch (IOException e) {
            // the line of the route is good enough
        }
        return from;
    }

    /**
     * Whether a message contains the value at the end of a line. Endpoints have two ways to be
     * written.
     */
    private static boolean isNamed(String line, String message) {
        Matcher value = VALUE.matcher(line);
        return value.find()
                && (message.contains(value.group(1))
                        || message.contains(value.group(1).replaceFirst(":", "://")));
    }

    /** The first line of the innermost cause. */
    public static String rootMessage(Throwable e) {
        Throwable root = e;
        while (root.getCause() != null && root.getCause() != root) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage()).lines().findFirst().orElse(root.toString());
    }
}
