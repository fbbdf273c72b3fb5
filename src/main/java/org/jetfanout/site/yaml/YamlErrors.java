package org.jetfanout.site.yaml;

import java.nio.file.Path;
import java.util.Optional;
import org.jetfanout.ConfigurationException;
import org.jetfanout.text.Quoted;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.ReaderException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;

/** Turns an error of the YAML library into one line with the line number of the file. */
final class YamlErrors {
    private YamlErrors() {}

    static ConfigurationException of(YamlEngineException e, Path file, String text) {
        if (e instanceof ReaderException reader) {
            return ConfigurationException.at(
                    file,
                    lineOf(text, reader.getPosition()),
                    "invalid YAML: the character U+%04X is not allowed here without an escape"
                            .formatted(reader.getCodePoint()));
        }
        if (e instanceof MarkedYamlEngineException marked) {
            Optional<Integer> problem = marked.getProblemMark().map(YamlErrors::line);
            Optional<Integer> context = marked.getContextMark().map(YamlErrors::line);
            int line = problem.or(() -> context).orElse(1);
            if (String.valueOf(marked.getContext()).startsWith("expected a single document")) {
                return ConfigurationException.at(
                        file,
                        line,
                        "a second document starts here ('---'): a file must contain only one"
                                + " document");
            }
            return ConfigurationException.at(
                    file, line, "invalid YAML: " + problem(marked) + begun(marked, context, line));
        }
        return ConfigurationException.at(file, "invalid YAML: " + firstLine(e.getMessage()));
    }

    private static String problem(MarkedYamlEngineException e) {
        return firstLine(e.getProblem() == null ? e.getContext() : e.getProblem());
    }

    /** The value that was being read. It may have begun far above the line of the error. */
    private static String begun(
            MarkedYamlEngineException e, Optional<Integer> context, int problem) {
        return e.getContext() == null
                ? ""
                : " ("
                        + firstLine(e.getContext())
                        + context.filter(line -> line != problem)
                                .map(line -> ", which begins at line " + line)
                                .orElse("")
                        + ")";
    }

    private static String firstLine(String text) {
        return Quoted.visible(String.valueOf(text).lines().findFirst().orElse(""));
    }

    private static int line(Mark mark) {
        return mark.getLine() + 1;
    }

    /**
     * @param position counted in code points
     */
    private static int lineOf(String text, int position) {
        int line = 1;
        int at = 0;
        for (int point = 0; point < position && at < text.length(); point++) {
            int c = text.codePointAt(at);
            line += c == '\n' ? 1 : 0;
            at += Character.charCount(c);
        }
        return line;
    }
}
