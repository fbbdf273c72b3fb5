package org.jetfanout.it.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jetfanout.testkit.stores.SearchServer;

/**
 * A stand-in for Logstash, which cannot be had where the tests run: it does what
 * compose/logstash.conf asks for, as Logstash's documentation has it. Port, index, action and
 * document id are taken from that file; all else of it is not looked at. Thread-safe.
 */
final class LogstashStandIn implements AutoCloseable {
    private static final ObjectMapper JSON = new ObjectMapper();

    private final String action;
    private final String index;
    private final ServerSocket listener;
    private final SearchServer store;

    // Mutable state, guarded by this
    private final List<String> ids = new ArrayList<>();
    private final List<Integer> answers = new ArrayList<>();

    private LogstashStandIn(String text, ServerSocket listener, SearchServer store) {
        this.action = setting(text, "action => \"(\\w+)\"");
        this.index = setting(text, "index => \"(.*)\"");
        this.listener = listener;
        this.store = store;
    }

    /** Listens at the port of the configuration. */
    static LogstashStandIn start(Path configuration, String address, SearchServer store)
            throws IOException {
        String text = Files.readString(configuration);
        setting(text, "copy => \\{ (\"\\[event]\\[id]\" => \"\\[@metadata]\\[id]\") }");
        setting(text, "document_id => \"(%\\{\\[@metadata]\\[id]})\"");
        ServerSocket listener = new ServerSocket();
        int port = Integer.parseInt(setting(text, "port => (\\d+)"));
        listener.bind(new InetSocketAddress(address, port));
        LogstashStandIn logstash = new LogstashStandIn(text, listener, store);
        thread(logstash::accept);
        return logstash;
    }

    private static String setting(String text, String pattern) {
        Matcher matcher = Pattern.compile(pattern).matcher(text);
        if (!matcher.find()) {
            throw new IllegalArgumentException("not in the configuration: " + pattern);
        }
        return matcher.group(1);
    }

    /** Ids of the records, as they came. */
    synchronized List<String> ids() {
        return List.copyOf(ids);
    }

    /** What the store answered to each. */
    synchronized List<Integer> answers() {
        return List.copyOf(answers);
    }

    @Override
    public void close() throws IOException {
        listener.close();
    }

    private void accept() {
        while (!listener.isClosed()) {
            try {
                Socket client = listener.accept();
                thread(() -> read(client));
            } catch (IOException e) {
                return; // closed
            }
        }
    }

    private static void thread(Runnable work) {
        Thread thread = new Thread(work, "logstash");
        thread.setDaemon(true);
        thread.start();
    }

    /** A connection to its end, then its records into the store, then the end. */
    private void read(Socket client) {
        try (client) {
            store(client);
        } catch (IOException e) {
            // it went away
        }
    }

    private void store(Socket client) throws IOException {
        BufferedReader lines =
                new BufferedReader(
                        new InputStreamReader(client.getInputStream(), StandardCharsets.UTF_8));
        List<String> came = new ArrayList<>();
        StringBuilder bulk = new StringBuilder();
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            String id = JSON.readTree(line).at("/event/id").asText();
            came.add(id);
            ObjectNode head = JSON.createObjectNode();
            head.putObject(action).put("_id", id);
            bulk.append(head);
            bulk.append('\n').append(line).append('\n');
        }
        if (came.isEmpty()) {
            return; // a health check
        }
        JsonNode answer =
                store.ask("POST", "/" + index + "/_bulk", "application/x-ndjson", bulk.toString());
        synchronized (this) {
            ids.addAll(came);
            answer.path("items")
                    .forEach(item -> answers.add(item.path(action).path("status").asInt()));
        }
    }
}
