package org.jetfanout.runner.described;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.ConfigurationException;
import org.jetfanout.runner.described.ExitMeanings.Meaning;
import org.jetfanout.site.workers.Section;
import org.jetfanout.site.yaml.SourceText;
import org.jetfanout.site.yaml.YamlValue;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;

/** Reads and checks the description of a runner. Each error names file and line. */
final class DefinitionReader {
    /** The name of the file in a runner's folder. */
    static final String FILE = "runner.yml";

    /** The words of the user's command line: a word of the command that stands for several. */
    static final String ARGUMENTS = "args";

    /** An option for ssh: a word of the command that has it stands there once for each option. */
    static final String SSH_OPTION = "ssh_option";

    /** The placeholders that have one value on a worker. */
    static final Set<String> SINGLE =
            Set.of("folder", "hosts_file", "known_hosts", "login", "port", "sudo_user", "threads");

    /** The placeholders of a command line on a worker. */
    private static final Set<String> WORDS =
            Set.of(
                    "args",
                    "folder",
                    "hosts_file",
                    "known_hosts",
                    "login",
                    "port",
                    "ssh_option",
                    "sudo_user",
                    "threads");

    private static final Set<String> KEYS =
            Set.of(
                    "description",
                    "command",
                    "version",
                    "needs",
                    "env",
                    "files",
                    "arguments",
                    "hosts",
                    "exit_codes",
                    "output");
    private static final int MOST_WORDS = 200;
    private static final int MOST_CODE = 255;
    private static final Pattern VARIABLE_NAME = Pattern.compile("[A-Za-z_][A-Za-z0-9_]*");
    private static final Pattern CODES = Pattern.compile("(\\d{1,3})(?:-(\\d{1,3}))?");

    /** Variables that the job itself sets, and those that choose what the shell starts. */
    private static final Set<String> OUR_VARIABLES =
            Set.of("SSH_AUTH_SOCK", "JET_LOG", "PWD", "IFS");

    private final String name;
    private final Path file;
    private final String text;

    private DefinitionReader(String name, Path file, String text) {
        this.name = name;
        this.file = file;
        this.text = text;
    }

    /** The definition in the folder of a runner. */
    static Definition of(String name, Path folder) {
        Path file = folder.resolve(FILE);
        if (!Files.isRegularFile(file)) {
            throw ConfigurationException.at(file, "no such file: it describes the runner " + name);
        }
        return of(name, file, SourceText.decode(file, SourceText.bytes(file)));
    }

    /**
     * The definition that a text describes.
     *
     * @param file from which the text came, for errors
     */
    static Definition of(String name, Path file, String text) {
        return new DefinitionReader(name, file, text).definition();
    }

    private Definition definition() {
        Section keys =
                new Section(
                        FILE,
                        YamlValue.parse(file, text)
                                .orElseThrow(() -> ConfigurationException.at(file, "is empty")));
        keys.refuseUnknown(KEYS);
        keys.value("description").ifPresent(value -> value.text("description"));
        List<Template> command = command("command", required(keys, "command"), true);
        if (command.get(0).names().stream().anyMatch(Set.of(ARGUMENTS, SSH_OPTION)::contains)) {
            throw keys.error("command", "the first word of command must be a program");
        }
        Output output = OutputReader.read(required(keys, "output"));
        return new Definition(
                name,
                file,
                text,
                command,
                keys.value("version")
                        .map(value -> command("version", value, false))
                        .orElse(List.of()),
                keys.value("needs").map(DefinitionReader::needs).orElse(List.of()),
                keys.value("env").map(DefinitionReader::env).orElse(Map.of()),
                keys.value("files").map(DefinitionReader::files).orElse(List.of()),
                keys.value("arguments").map(DefinitionReader::sendsFiles).orElse(false),
                HostsFileReader.read(file, keys.value("hosts")),
                keys.value("exit_codes")
                        .map(DefinitionReader::exits)
                        .orElse(
                                new ExitMeanings(
                                        output.hasEnd() ? Map.of() : Map.of(0, Meaning.ENDED))),
                output);
    }

    private YamlValue required(Section keys, String key) {
        return keys.value(key)
                .orElseThrow(
                        () -> ConfigurationException.at(file, "the key " + key + " is missing"));
    }

    /**
     * The words of a command line. Each has only placeholders that are known there.
     *
     * @param placeholders whether it may have any
     */
    static List<Template> command(String key, YamlValue value, boolean placeholders) {
        if (value.isScalar()) {
            throw value.error(
                    key
                            + " must be a list of words: [program, argument]. No shell reads it; a"
                            + " shell line is [sh, -c, 'the line']");
        }
        List<YamlValue> items = value.sequence(key);
        if (items.isEmpty() || items.size() > MOST_WORDS) {
            throw value.error(key + " must have from 1 to " + MOST_WORDS + " words");
        }
        List<Template> words = new ArrayList<>();
        for (YamlValue item : items) {
            words.add(word(key, item, placeholders));
        }
        return words;
    }

    private static Template word(String key, YamlValue item, boolean placeholders) {
        String what = "a word of " + key;
        Template word = Template.of(oneLine(what, item));
        for (String placeholder : word.names()) {
            known(item, what, placeholder, placeholders ? WORDS : Set.of());
            if (placeholder.equals(ARGUMENTS) && !word.is(ARGUMENTS)) {
                throw item.error("{args} stands for several words: write it alone");
            }
        }
        return word;
    }

    /** Fails where a placeholder is none of those that are known. */
    static void known(YamlValue item, String what, String placeholder, Collection<String> known) {
        if (!known.contains(placeholder)) {
            throw item.error(
                    what
                            + " has the unknown placeholder {"
                            + Quoted.visible(placeholder)
                            + "}"
                            + (known.isEmpty()
                                    ? ": none has a value there"
                                    : NearestName.hint(placeholder, known))
                            + "; for the text itself write {{"
                            + Quoted.visible(placeholder)
                            + "}}");
        }
    }

    /** A text without control characters; tabs are none. */
    static String oneLine(String what, YamlValue item) {
        String text = item.text(what);
        if (text.chars().anyMatch(c -> Character.isISOControl(c) && c != '\t' && c != '\n')) {
            throw item.error(what + " must not have control characters");
        }
        return text;
    }

    /** One of these words. */
    static String choice(String key, YamlValue value, List<String> words) {
        String text = value.text(key);
        if (!words.contains(text)) {
            throw value.error(
                    key
                            + " must be "
                            + String.join(" or ", words)
                            + ", not "
                            + Quoted.of(text)
                            + NearestName.hint(text, words));
        }
        return text;
    }

    private static boolean sendsFiles(YamlValue value) {
        return choice("arguments", value, List.of("plain", "files")).equals("files");
    }

    private static List<String> needs(YamlValue value) {
        List<String> programs = new ArrayList<>();
        for (YamlValue item : value.sequence("needs")) {
            String program = oneLine("a program of needs", item);
            if (program.isBlank() || program.startsWith("-") || program.contains("\n")) {
                throw item.error("needs: " + Quoted.of(program) + " cannot be a program");
            }
            programs.add(program);
        }
        return programs;
    }

    private static Map<String, Template> env(YamlValue value) {
        Section variables = new Section("env", value);
        Map<String, Template> env = new LinkedHashMap<>();
        for (String variable : variables.keys()) {
            if (!VARIABLE_NAME.matcher(variable).matches()) {
                throw variables.error(
                        variable,
                        "env: "
                                + Quoted.of(variable)
                                + " is not a variable name (letters, digits and _)");
            }
            if (OUR_VARIABLES.contains(variable) || variable.startsWith("JET_FANOUT_")) {
                throw variables.error(
                        variable, "env: " + variable + " is set by jet-fanout itself");
            }
            YamlValue item = variables.value(variable).orElseThrow();
            Template template = Template.of(oneLine("env: " + variable, item));
            template.names().forEach(name -> known(item, "env: " + variable, name, SINGLE));
            env.put(variable, template);
        }
        return env;
    }

    private static List<String> files(YamlValue value) {
        List<String> files = new ArrayList<>();
        for (YamlValue item : value.sequence("files")) {
            String text = oneLine("a path of files", item);
            Path path;
            try {
                path = Path.of(text).normalize();
            } catch (InvalidPathException e) {
                throw item.error("files: " + Quoted.of(text) + " is no path");
            }
            if (path.isAbsolute() || path.startsWith("..") || path.toString().isEmpty()) {
                throw item.error(
                        "files: " + Quoted.of(text) + " must be a path within the runner's folder");
            }
            files.add(path.toString());
        }
        return files;
    }

    private static ExitMeanings exits(YamlValue value) {
        Section codes = new Section("exit_codes", value);
        Map<Integer, Meaning> meanings = new HashMap<>();
        for (String key : codes.keys()) {
            Matcher range = CODES.matcher(key);
            int from = range.matches() ? Integer.parseInt(range.group(1)) : -1;
            int to =
                    range.matches() && range.group(2) != null
                            ? Integer.parseInt(range.group(2))
                            : from;
            if (from < 0 || to > MOST_CODE || from > to) {
                throw codes.error(
                        key,
                        "exit_codes: "
                                + Quoted.of(key)
                                + " must be a number from 0 to 255, or a range such as 1-5");
            }
            Meaning meaning =
                    Meaning.valueOf(
                            choice(
                                            "exit_codes: " + key,
                                            codes.value(key).orElseThrow(),
                                            List.of("ended", "refused"))
                                    .toUpperCase(Locale.ROOT));
            for (int code = from; code <= to; code++) {
                if (meanings.put(code, meaning) != null) {
                    throw codes.error(key, "exit_codes: " + code + " has two meanings");
                }
            }
        }
        return new ExitMeanings(meanings);
    }
}
