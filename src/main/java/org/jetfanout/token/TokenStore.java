package org.jetfanout.token;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.UnaryOperator;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.site.yaml.JsonInput;
import org.jetfanout.text.Quoted;

/**
 * The file with the tokens. It is replaced as a whole, by one process at a time, and read again
 * when it has changed, so what the command line adds or removes counts at the next request.
 * Thread-safe.
 */
public final class TokenStore {
    /** Name of the file in the service's folder for state. */
    public static final String NAME = "tokens.json";

    private static final int VERSION = 1;

    /** The lock is the process's, so its threads wait for each other here. */
    private static final Object ONE = new Object();

    private static final Set<PosixFilePermission> OWNERS =
            EnumSet.of(
                    PosixFilePermission.OWNER_READ,
                    PosixFilePermission.OWNER_WRITE,
                    PosixFilePermission.OWNER_EXECUTE);

    private static final ObjectMapper JSON = new ObjectMapper(JsonInput.FACTORY);

    private final Path file;

    // Mutable state
    private Stamp stamp = Stamp.NONE;
    private Map<String, AccessToken> byHash = Map.of();

    /** When tokens were used, until it is stored. */
    private final Map<String, Instant> uses = new HashMap<>();

    /** By what a changed file is known. */
    private record Stamp(Object key, long time, long size) {
        static final Stamp NONE = new Stamp("", -1, -1);
    }

    /**
     * @param file need not exist: then there are no tokens
     */
    public TokenStore(Path file) {
        this.file = file;
    }

    /** The file. */
    public Path file() {
        return file;
    }

    /**
     * All tokens, by name.
     *
     * @throws ConfigurationException where the file cannot be read, is none of ours, or others may
     *     read it
     */
    public synchronized List<AccessToken> all() {
        refresh();
        return byHash.values().stream().sorted(Comparator.comparing(AccessToken::name)).toList();
    }

    /**
     * The token with this text, unless it has expired. It notes the use.
     *
     * @throws ConfigurationException as {@link #all}
     */
    public Optional<AccessToken> find(String text, Instant now) {
        if (!TokenText.isToken(text)) {
            return Optional.empty();
        }
        return findHash(TokenText.hash(text), now);
    }

    /** The token with this hash, unless it has expired, for sessions that began with it. */
    public synchronized Optional<AccessToken> findHash(String hash, Instant now) {
        refresh();
        AccessToken token = byHash.get(hash);
        if (token == null || token.isExpired(now)) {
            return Optional.empty();
        }
        uses.put(hash, now.truncatedTo(ChronoUnit.MINUTES));
        return Optional.of(token);
    }

    /**
     * Stores when each token was last used. Whoever calls {@link #find} calls this now and then.
     *
     * @throws ConfigurationException where the file cannot be written
     */
    public void storeUses() {
        Map<String, Instant> noted;
        synchronized (this) {
            noted = new HashMap<>(uses);
            uses.clear();
            byHash.values()
                    .forEach(token -> noted.remove(token.hash(), token.lastUse().orElse(null)));
        }
        if (!noted.isEmpty()) {
            change(
                    tokens -> {
                        noted.forEach(
                                (hash, at) ->
                                        tokens.computeIfPresent(
                                                hash, (same, token) -> token.used(at)));
                        return tokens;
                    });
        }
    }

    /**
     * Adds a token. Returns its text, which is nowhere kept.
     *
     * @throws ConfigurationException where there is a token of this name
     */
    public String add(
            String name,
            Set<Scope> scopes,
            Optional<Set<String>> templates,
            Instant now,
            Optional<Instant> expires) {
        String text = TokenText.make();
        AccessToken added =
                new AccessToken(
                        name,
                        TokenText.hash(text),
                        scopes,
                        templates,
                        now,
                        expires,
                        Optional.empty());
        change(
                tokens -> {
                    if (tokens.values().stream().anyMatch(token -> token.name().equals(name))) {
                        throw ConfigurationException.at(
                                file,
                                "there is a token %s already: give another name, or remove it first (jet-fanout token remove %s)"
                                        .formatted(Quoted.of(name), name));
                    }
                    tokens.put(added.hash(), added);
                    return tokens;
                });
        return text;
    }

    /** Removes the token with this name. False where there is none. */
    public boolean remove(String name) {
        boolean[] removed = {false};
        change(
                tokens -> {
                    removed[0] = tokens.values().removeIf(token -> token.name().equals(name));
                    return tokens;
                });
        return removed[0];
    }

    /** Replaces the file. Other processes wait for the lock, which is a file beside it. */
    private void change(UnaryOperator<Map<String, AccessToken>> changed) {
        synchronized (ONE) {
            changeAlone(changed);
        }
    }

    private void changeAlone(UnaryOperator<Map<String, AccessToken>> changed) {
        Path lock = file.resolveSibling("." + file.getFileName() + ".lock");
        try (FileChannel channel =
                        FileChannel.open(
                                lock,
                                Set.of(StandardOpenOption.CREATE, StandardOpenOption.WRITE),
                                PrivateFiles.FILE);
                FileLock held = channel.lock()) {
            Map<String, AccessToken> tokens = changed.apply(new LinkedHashMap<>(read()));
            byte[] text = text(tokens.values().stream().toList());
            if (held.isValid()) {
                PrivateFiles.replace(file, true, out -> out.write(text));
            }
        } catch (NoSuchFileException e) {
            throw ConfigurationException.at(file, "cannot be written: its folder does not exist");
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be written: " + e.getMessage());
        }
    }

    private void refresh() {
        Stamp now = stamp();
        if (!now.equals(stamp)) {
            // closed until it is read: no token of an old file is taken beside a broken new one
            byHash = Map.of();
            stamp = Stamp.NONE;
            byHash = Map.copyOf(read());
            stamp = now;
        }
    }

    private Stamp stamp() {
        try {
            BasicFileAttributes at = Files.readAttributes(file, BasicFileAttributes.class);
            return new Stamp(
                    String.valueOf(at.fileKey()), at.lastModifiedTime().toMillis(), at.size());
        } catch (IOException e) {
            return new Stamp("", 0, 0);
        }
    }

    private Map<String, AccessToken> read() {
        byte[] bytes;
        try {
            Set<PosixFilePermission> may =
                    new HashSet<>(
                            Files.readAttributes(file, PosixFileAttributes.class).permissions());
            may.removeAll(OWNERS);
            if (!may.isEmpty()) {
                throw ConfigurationException.at(
                        file, "other users have access to this file. Run: chmod 600 " + file);
            }
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return Map.of();
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        }
        try {
            return parsed(JSON.readTree(bytes));
        } catch (JacksonException e) {
            throw ConfigurationException.at(file, JsonInput.line(e), JsonInput.problem(e));
        } catch (IOException e) {
            throw ConfigurationException.at(file, "cannot be read: " + e.getMessage());
        } catch (IllegalArgumentException | DateTimeException e) {
            throw ConfigurationException.at(
                    file,
                    "is no file with tokens of jet-fanout: " + Quoted.excerpt(e.getMessage()));
        }
    }

    private static Map<String, AccessToken> parsed(JsonNode root) {
        if (root.path("version").asInt() != VERSION || !root.path("tokens").isArray()) {
            throw new IllegalArgumentException("it has no version " + VERSION + " and no tokens");
        }
        Map<String, AccessToken> tokens = new HashMap<>();
        for (JsonNode json : root.path("tokens")) {
            AccessToken token = token(json);
            tokens.put(token.hash(), token);
        }
        return tokens;
    }

    private static AccessToken token(JsonNode json) {
        String name = json.path("name").asText();
        String hash = json.path("sha256").asText();
        if (!AccessToken.isName(name) || !hash.matches("[0-9a-f]{64}")) {
            throw new IllegalArgumentException("a token has no name or no sha256");
        }
        EnumSet<Scope> scopes = EnumSet.noneOf(Scope.class);
        for (String word : words(json.path("scopes"))) {
            scopes.add(
                    Scope.of(word)
                            .orElseThrow(
                                    () ->
                                            new IllegalArgumentException(
                                                    "token " + name + " has a scope " + word)));
        }
        return new AccessToken(
                name,
                hash,
                scopes,
                json.has("templates")
                        ? Optional.of(new TreeSet<>(words(json.path("templates"))))
                        : Optional.empty(),
                Instant.parse(json.path("created").asText()),
                moment(json, "expires"),
                moment(json, "lastUse"));
    }

    private static List<String> words(JsonNode array) {
        List<String> words = new ArrayList<>();
        if (!array.isArray()) {
            throw new IllegalArgumentException("scopes and templates must be lists");
        }
        array.forEach(word -> words.add(word.asText()));
        return words;
    }

    private static Optional<Instant> moment(JsonNode json, String key) {
        return json.has(key)
                ? Optional.of(Instant.parse(json.path(key).asText()))
                : Optional.empty();
    }

    private static byte[] text(List<AccessToken> tokens) throws IOException {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        root.put("version", VERSION);
        ArrayNode list = root.putArray("tokens");
        tokens.stream()
                .sorted(Comparator.comparing(AccessToken::created))
                .forEach(
                        token -> {
                            ObjectNode json = list.addObject();
                            json.put("name", token.name());
                            json.put("sha256", token.hash());
                            ArrayNode scopes = json.putArray("scopes");
                            token.scopes().stream()
                                    .sorted()
                                    .forEach(scope -> scopes.add(scope.word()));
                            token.templates()
                                    .ifPresent(
                                            names -> {
                                                ArrayNode array = json.putArray("templates");
                                                new TreeSet<>(names).forEach(array::add);
                                            });
                            json.put("created", token.created().toString());
                            token.expires().ifPresent(at -> json.put("expires", at.toString()));
                            token.lastUse().ifPresent(at -> json.put("lastUse", at.toString()));
                        });
        return JSON.writerWithDefaultPrettyPrinter().writeValueAsBytes(root);
    }
}
