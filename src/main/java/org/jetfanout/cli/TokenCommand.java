package org.jetfanout.cli;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TimeZone;
import java.util.TreeSet;
import java.util.concurrent.Callable;
import org.jetfanout.ConfigurationException;
import org.jetfanout.ExitCode;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.status.Runs;
import org.jetfanout.text.Durations;
import org.jetfanout.text.NearestName;
import org.jetfanout.text.Quoted;
import org.jetfanout.text.Times;
import org.jetfanout.token.AccessToken;
import org.jetfanout.token.Scope;
import org.jetfanout.token.TokenStore;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.TypeConversionException;

/** {@code token}: the tokens of the service, with which programs and people come to it. */
@Command(
        name = "token",
        mixinStandardHelpOptions = true,
        description = {
            "Adds, lists and removes the tokens of the service (jet-fanout serve).",
            "A running service takes a change at its next request."
        },
        subcommands = {TokenCommand.Add.class, TokenCommand.All.class, TokenCommand.Remove.class})
final class TokenCommand implements Callable<Integer> {
    @Override
    public Integer call() {
        throw new UsageException("token needs a command: add, list or remove");
    }

    /** Which file has the tokens. */
    static final class FileOption {
        @Option(
                names = "--tokens",
                paramLabel = "FILE",
                description =
                        "The file with the tokens, as 'tokens:' in service.yml names it (default:"
                                + " service/tokens.json in the folder for state).")
        private Path file;

        TokenStore store() throws IOException {
            if (file != null) {
                return new TokenStore(file.toAbsolutePath());
            }
            Path folder = Runs.of(System.getenv()).folder().resolveSibling("service");
            Files.createDirectories(folder, PrivateFiles.FOLDER);
            return new TokenStore(folder.resolve(TokenStore.NAME));
        }
    }

    /** {@code token add}. */
    @Command(
            name = "add",
            mixinStandardHelpOptions = true,
            description = {
                "Makes a token and prints it. It is shown this once: only its hash is kept."
            })
    static final class Add implements Callable<Integer> {
        private static final Duration SHORTEST = Duration.ofMinutes(1);

        @Parameters(paramLabel = "NAME", description = "What lists and run records call its user.")
        private String name;

        @Option(
                names = "--scopes",
                split = ",",
                paramLabel = "SCOPE",
                description =
                        "What it allows, separated by commas: read, run, cancel, approve (default:"
                                + " read).")
        private List<String> scopes = List.of(Scope.READ.word());

        @Option(
                names = "--templates",
                split = ",",
                paramLabel = "TEMPLATE",
                description =
                        "The only templates that it may use, and whose runs it may see (default:"
                                + " all, and command lines).")
        private List<String> templates;

        @Option(
                names = "--expires",
                paramLabel = "TIME",
                converter = Time.class,
                description = "How long it is valid: 12h, 90d (default: until it is removed).")
        private Duration expires;

        @Mixin private FileOption tokens;

        @Override
        public Integer call() throws IOException {
            if (!AccessToken.isName(name)) {
                throw new UsageException(
                        "the name of a token " + AccessToken.RULE + ", not " + Quoted.of(name));
            }
            Instant now = Instant.now().truncatedTo(ChronoUnit.SECONDS);
            TokenStore store = tokens.store();
            String text =
                    store.add(
                            name,
                            scopes(),
                            templates(),
                            now,
                            Optional.ofNullable(expires).map(now::plus));
            System.out.println(text);
            System.out.flush();
            Main.say("token " + name + " is in " + store.file() + ". It is not shown again");
            return ExitCode.OK.code();
        }

        private Set<Scope> scopes() {
            Set<Scope> wanted = EnumSet.noneOf(Scope.class);
            for (String word : scopes) {
                wanted.add(
                        Scope.of(word)
                                .orElseThrow(
                                        () ->
                                                new UsageException(
                                                        "a scope is %s, not %s%s"
                                                                .formatted(
                                                                        String.join(
                                                                                ", ",
                                                                                Scope.words()),
                                                                        Quoted.of(word),
                                                                        NearestName.hint(
                                                                                word,
                                                                                Scope.words())))));
            }
            return wanted;
        }

        private Optional<Set<String>> templates() {
            if (templates == null) {
                return Optional.empty();
            }
            for (String template : templates) {
                if (!AccessToken.isName(template)) {
                    throw new UsageException(
                            "the name of a template "
                                    + AccessToken.RULE
                                    + ", not "
                                    + Quoted.of(template));
                }
            }
            return Optional.of(new TreeSet<>(templates));
        }

        /** How long a token is valid. */
        static final class Time implements ITypeConverter<Duration> {
            @Override
            public Duration convert(String text) {
                Duration time;
                try {
                    time = Durations.parse(text);
                } catch (IllegalArgumentException e) {
                    throw new TypeConversionException(e.getMessage());
                }
                if (time.compareTo(SHORTEST) < 0) {
                    throw new TypeConversionException("must be at least 1m, not " + text);
                }
                return time;
            }
        }
    }

    /** {@code token list}. */
    @Command(
            name = "list",
            mixinStandardHelpOptions = true,
            description = "Lists the tokens: what each allows, and when it was last used.")
    static final class All implements Callable<Integer> {
        @Option(names = "--json", description = "Print one JSON object per token.")
        private boolean json;

        @Mixin private FileOption tokens;

        @Override
        public Integer call() throws IOException {
            TokenStore store = tokens.store();
            List<AccessToken> all = store.all();
            if (all.isEmpty() && !json) {
                Main.say("no tokens in " + store.file() + ": jet-fanout token add NAME makes one");
            }
            StringBuilder text = new StringBuilder();
            Instant now = Instant.now();
            for (AccessToken token : all) {
                text.append(json ? json(token).toString() : line(token, now)).append('\n');
            }
            System.out.print(text);
            return ExitCode.OK.code();
        }

        private static String line(AccessToken token, Instant now) {
            TimeZone zone = TimeZone.getDefault();
            List<String> parts = new ArrayList<>();
            parts.add(token.name());
            parts.add(Scope.text(token.scopes()));
            parts.add(
                    token.templates()
                            .map(names -> "templates " + String.join(", ", new TreeSet<>(names)))
                            .orElse("all templates"));
            parts.add("created " + Times.text(token.created(), zone));
            parts.add(
                    token.expires()
                            .map(
                                    at ->
                                            (token.isExpired(now) ? "expired " : "expires ")
                                                    + Times.text(at, zone))
                            .orElse("does not expire"));
            parts.add(
                    token.lastUse()
                            .map(at -> "last used " + Times.text(at, zone))
                            .orElse("never used"));
            return String.join("; ", parts);
        }

        private static ObjectNode json(AccessToken token) {
            ObjectNode json = JsonNodeFactory.instance.objectNode();
            json.put("name", token.name());
            ArrayNode scopes = json.putArray("scopes");
            token.scopes().stream().sorted().forEach(scope -> scopes.add(scope.word()));
            token.templates()
                    .ifPresent(
                            names -> {
                                ArrayNode array = json.putArray("templates");
                                new TreeSet<>(names).forEach(array::add);
                            });
            json.put("created", Times.utc(token.created()));
            token.expires().ifPresent(at -> json.put("expires", Times.utc(at)));
            token.lastUse().ifPresent(at -> json.put("lastUse", Times.utc(at)));
            return json;
        }
    }

    /** {@code token remove}. */
    @Command(
            name = "remove",
            mixinStandardHelpOptions = true,
            description = {
                "Removes a token. Whoever has it is refused from the next request on, also with a"
                        + " session that began with it."
            })
    static final class Remove implements Callable<Integer> {
        @Parameters(paramLabel = "NAME", description = "The name of the token.")
        private String name;

        @Mixin private FileOption tokens;

        @Override
        public Integer call() throws IOException {
            TokenStore store = tokens.store();
            if (!store.remove(name)) {
                throw ConfigurationException.at(
                        store.file(),
                        "there is no token "
                                + Quoted.of(name)
                                + NearestName.nameHint(
                                        name,
                                        store.all().stream().map(AccessToken::name).toList()));
            }
            return ExitCode.OK.code();
        }
    }
}
