package org.jetfanout.runner.ansible;

import com.fasterxml.jackson.databind.JsonNode;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jetfanout.site.inventory.Inventory;
import org.jetfanout.site.inventory.InventoryMaker;
import org.jetfanout.text.Quoted;

/**
 * What ansible said about a command line. It holds secrets: passwords, variables. Immutable.
 *
 * @param version of ansible-core
 * @param plays of all playbooks, in order
 * @param inventory hosts and groups, with the addresses of hosts under jetp's names
 * @param groups the inventory's content in the form that ansible's plugin yaml reads, with
 *     variables of the sources only
 * @param sources files and folders of the inventory
 * @param folders of these sources; group_vars and host_vars may be in each
 * @param connections host to {@code ansible_connection}, where something sets it
 * @param logins login names on hosts that something in the site sets; some may be templates
 * @param vault label and password, in order
 * @param connectionPassword where an option or setting names a file or program for it
 * @param becomePassword likewise
 * @param config ansible.cfg; empty where there is none
 * @param remoteUser login name of the command line or settings; empty where neither says one
 * @param extraVars for each text of {@code -e}: its values; null for a file
 * @param settings values and origins of settings, by ansible's name
 * @param redirects short name of a plugin to the collection that has it
 * @param collectionRoots folders in which ansible looks for collections, in order
 */
record AnsibleAnswer(
        String version,
        List<AnsiblePlay> plays,
        Inventory inventory,
        JsonNode groups,
        List<Path> sources,
        List<Path> folders,
        Map<String, String> connections,
        List<String> logins,
        List<VaultPassword> vault,
        Optional<byte[]> connectionPassword,
        Optional<byte[]> becomePassword,
        Optional<Path> config,
        Optional<String> remoteUser,
        JsonNode extraVars,
        JsonNode settings,
        Map<String, String> redirects,
        List<Path> collectionRoots) {
    private static final Map<String, String> NAMES = new LinkedHashMap<>();

    static {
        // the newer name of each wins, as with ansible
        NAMES.put("ansible_ssh_host", "jet_ssh_hostname");
        NAMES.put("ansible_host", "jet_ssh_hostname");
        NAMES.put("ansible_ssh_port", "jet_ssh_port");
        NAMES.put("ansible_port", "jet_ssh_port");
        NAMES.put("ansible_ssh_user", "jet_ssh_user");
        NAMES.put("ansible_user", "jet_ssh_user");
    }

    /** A password of ansible-vault with its label. */
    @SuppressWarnings("ArrayRecordComponent") // made and read once, compared by nobody
    record VaultPassword(String label, byte[] password) {
        @Override
        public String toString() {
            return "VaultPassword[" + label + "]";
        }
    }

    static AnsibleAnswer of(JsonNode answer) {
        List<AnsiblePlay> plays = new ArrayList<>();
        for (JsonNode play : answer.path("plays")) {
            plays.add(
                    new AnsiblePlay(
                            plays.size() + 1,
                            Path.of(play.path("path").asText()),
                            play.path("line").asInt(),
                            Quoted.visible(play.path("name").asText()),
                            texts(play.path("hosts")),
                            !play.path("localhost").isEmpty(),
                            play.path("unknown").asBoolean(),
                            texts(play.path("prompts"))));
        }
        JsonNode addresses = answer.path("addresses");
        Map<String, String> connections = new HashMap<>();
        addresses
                .properties()
                .forEach(
                        host -> {
                            JsonNode connection = host.getValue().path("ansible_connection");
                            if (connection.isTextual()) {
                                connections.put(host.getKey(), connection.asText());
                            }
                        });
        List<VaultPassword> vault = new ArrayList<>();
        answer.path("vault")
                .forEach(
                        entry ->
                                vault.add(
                                        new VaultPassword(
                                                entry.path(0).asText(),
                                                entry.path(1)
                                                        .asText()
                                                        .getBytes(StandardCharsets.ISO_8859_1))));
        Map<String, String> redirects = new HashMap<>();
        answer.path("redirects")
                .properties()
                .forEach(entry -> redirects.put(entry.getKey(), entry.getValue().asText()));
        return new AnsibleAnswer(
                answer.path("version").asText(),
                List.copyOf(plays),
                inventory(answer, addresses),
                answer.path("inventory"),
                paths(answer.path("sources")),
                paths(answer.path("folders")),
                Map.copyOf(connections),
                texts(answer.path("logins")),
                List.copyOf(vault),
                secret(answer.path("connection_password")),
                secret(answer.path("become_password")),
                text(answer.path("config_file")).map(Path::of),
                text(answer.path("remote_user")),
                answer.path("extra_vars"),
                answer.path("config"),
                Map.copyOf(redirects),
                paths(answer.path("collection_roots")));
    }

    private static Inventory inventory(JsonNode answer, JsonNode addresses) {
        InventoryMaker maker = new InventoryMaker();
        for (JsonNode host : answer.path("hosts")) {
            JsonNode address = addresses.path(host.asText());
            Map<String, Object> variables = new LinkedHashMap<>();
            NAMES.forEach(
                    (theirs, ours) ->
                            text(address.path(theirs))
                                    .filter(value -> !value.contains("{{"))
                                    .ifPresent(value -> variables.put(ours, value)));
            maker.host(host.asText(), "inventory of ansible", variables);
        }
        answer.path("inventory")
                .properties()
                .forEach(
                        group -> {
                            List<String> children = new ArrayList<>();
                            List<String> hosts = new ArrayList<>();
                            group.getValue()
                                    .path("children")
                                    .fieldNames()
                                    .forEachRemaining(children::add);
                            group.getValue()
                                    .path("hosts")
                                    .fieldNames()
                                    .forEachRemaining(hosts::add);
                            maker.group(group.getKey(), children, hosts);
                        });
        return maker.inventory();
    }

    /** The value of a setting that is one text; empty where nothing sets it. */
    Optional<String> setting(String name) {
        return text(settings.path(name).path("value"));
    }

    /** The values of a setting that is a list, where something other than its default sets it. */
    List<String> chosen(String name) {
        JsonNode setting = settings.path(name);
        return setting.path("origin").asText("default").equals("default")
                ? List.of()
                : texts(setting.path("value"));
    }

    /** All values of a setting that is a list. */
    List<String> all(String name) {
        return texts(settings.path(name).path("value"));
    }

    private static Optional<byte[]> secret(JsonNode node) {
        return text(node).map(text -> text.getBytes(StandardCharsets.UTF_8));
    }

    private static Optional<String> text(JsonNode node) {
        return node.isValueNode() && !node.isNull() && !node.asText().isEmpty()
                ? Optional.of(node.asText())
                : Optional.empty();
    }

    private static List<String> texts(JsonNode list) {
        List<String> texts = new ArrayList<>();
        list.forEach(item -> texts.add(item.asText()));
        return List.copyOf(texts);
    }

    private static List<Path> paths(JsonNode list) {
        return texts(list).stream().map(Path::of).toList();
    }

    /** Leaves out all that may be secret. */
    @Override
    public String toString() {
        return "AnsibleAnswer[version=" + version + ", plays=" + plays.size() + ", …]";
    }
}
