package org.jetfanout.runner.ansible;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.jetfanout.ConfigurationException;
import org.jetfanout.machine.PrivateFiles;
import org.jetfanout.site.inventory.Inventory;

/** Inventories of ansible for runners that have no playbook. They are asked from ansible itself. */
public final class AnsibleInventories {
    private static final String ALL = "- hosts: all\n  gather_facts: false\n";

    private AnsibleInventories() {}

    /**
     * Loads an inventory. Addresses, ports and login names of hosts stand under jetp's names.
     *
     * @param sources as after ansible's {@code -i}: files, folders, programs, lists of hosts
     * @param directory from which relative paths start
     * @param warnings takes ansible's warnings, for people
     */
    public static Inventory load(List<String> sources, Path directory, Consumer<String> warnings) {
        try {
            Path folder = Files.createTempDirectory("jet-fanout-ask", PrivateFiles.FOLDER);
            try {
                byte[] text = ALL.getBytes(StandardCharsets.UTF_8);
                Path playbook = PrivateFiles.write(folder, "all.yml", text);
                List<String> arguments = new ArrayList<>();
                sources.forEach(source -> arguments.addAll(List.of("--inventory", source)));
                arguments.add(playbook.toString());
                return AnsibleAnswer.of(
                                new AnsibleQuestion(
                                                Interpreter.of(Optional.empty(), System.getenv()),
                                                directory.toAbsolutePath(),
                                                arguments,
                                                List.of(Inventory.ALL))
                                        .ask(warnings))
                        .inventory();
            } finally {
                PrivateFiles.remove(folder);
            }
        } catch (IOException e) {
            throw new ConfigurationException("cannot ask ansible: " + e.getMessage());
        }
    }
}
